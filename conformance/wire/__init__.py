"""The wire formats: params to bytes and bytes to values, with one strict codec for each protocol.

    message.py      Request, Response, Answer, Problem, and `Codec`, what a protocol must be able to do
    protocols.py    the one table: name -> codec

                 json_protocols/     cbor_protocol/   xml_protocols/        for several protocols
    codecs       awsjson, restjson   rpccbor          query, restxml        rest (restjson and restxml)
    values       jsonform            -                formtext, xmlform     tree (JSON and CBOR), input_locations,
                                                                            located_reader
    bytes        jsontext            cbor             xmltext               scalar_text, timestamps, checksums
    errors       jsonerrors          -                xmlerrors             eventstream

A codec never repairs: absent, null and empty stay apart, and what a protocol does not allow is a `Problem` with its
place. Nothing here decides how severe a problem is; `verdicts` does.
"""
