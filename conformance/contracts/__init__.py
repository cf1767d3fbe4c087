"""What an application uses of AWS, written down; and what that asks of an implementation, and of a newer botocore.

WatchedCall, reads of answers --usage_recorder--> Contract --contract_file--> contract.json, for a pull request
Contract, clauses --relevance--> the clauses that matter --contract_check--> works, deviates ... by operation
Contract, differences of two specs --contract_changes--> what an update touches, breaking first
"""
