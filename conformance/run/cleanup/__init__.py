"""What a run created and how it is removed again: a register, and a remover for what cases have left.

created_thing.py   what was created, as others see it
register.py        told of every request: what is there that the run has created
"""
