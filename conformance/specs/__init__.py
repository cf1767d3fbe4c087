"""What is known of a service, free of botocore's classes.

botocore's documents --ingest--> Spec --store, load--> specs/<service>/<api-version>/   (versions, overlays)
                                  |
                                  |--clauses--> what can be tested      --changes--> what two versions differ in
                                  |--export---> JSON Schema             --lint-----> what is wrong with it
                                  '--resources-> what operations make
"""
