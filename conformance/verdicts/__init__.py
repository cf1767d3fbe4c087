"""What an answer contradicts, and how sure that is.

Exchange --checks--> Note: Contradiction | Held | Open --ledger--> Finding (one per clause and code), Verdict
                          '-- severity.py: how much a contradiction weighs, measured on real AWS answers
"""
