"""Exchanges: a case as sent, and the answer to it.

Call --codec--> Request --sign, send--> Response --codec--> Answer --classify--> Outcome
                                |
                      transport.py, the one network seam
"""
