"""The wire: params to bytes and bytes to values, one codec a protocol, all of them strict.

    message.py      Request, Response, Answer, Problem, and `Codec`, what a protocol must be able to do
    protocols.py    the one table: name -> codec

    awsjson.py   rpccbor.py   query.py (query, ec2)   rest.py <- restjson.py, restxml.py           codecs
    tree.py + jsonform.py     formtext.py + texts.py  xmlform.py + texts.py  bindings.py, located.py    values by shape
    jsontext.py  cbor.py                              xmltext.py             timestamps.py, checksums.py    bytes
    jsonerrors.py (trees)                             xmlerrors.py           eventstream.py             envelopes

A codec never repairs: absent, null and empty stay apart, and what a protocol does not allow is a `Problem` with its
place. Nothing here judges; how bad a problem is, is decided above.
"""
