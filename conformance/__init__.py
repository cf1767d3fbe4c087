"""Contract tests and conformance reports for implementations of AWS APIs.

Imports point strictly down this picture:

    F7  cli/                     one file a command
    F6  settings.py              argv and environment -> small frozen values
    F5  run/  reports/           plan + target -> events; record -> reports
    F4  verdicts/                what an answer contradicts, and how sure that is
    F3  exchanges/               a case as sent, and what came back
    F2  cases/  wire/            what to send; how a protocol writes and reads it
    F1  specs/                   what is known of a service
    F0  errors.py                what can go wrong

pytest imports this package at every start of a host that has the plugin, so nothing is imported here.
"""
