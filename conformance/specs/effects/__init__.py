"""What operations do to an account: read, write, or more than a run may do unasked; and what costs money.

specs/_shared/read_only_operations.yaml, acting_reads.yaml, guarded_operations.yaml --> effect_of(service, operation)
specs/_shared/charges.yaml                                                          --> charges_of(service, operation)
"""
