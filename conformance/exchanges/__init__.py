"""A case as sent, and what came back.

Call --codec--> Request --sign, send--> Response --codec--> Answer --classify--> Outcome
                                |
                      transport.py, the one network seam
"""
