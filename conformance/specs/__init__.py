"""What is known of an AWS service, without botocore's classes.

botocore's documents --ingest--> Spec --store, load--> specs/<service>/<api-version>/   (versions, overlays)
                                  |
                                  |--clauses--> what can be tested      --changes--> how two versions differ
                                  |--export---> JSON Schema             --lint-----> what is wrong with it
                                  '--resources-> what operations create
"""
