"""Error feedback: how the answer to a rejected request leads to a better one.

    request --target--> rejection --Suggester--> Adaptation, Adaptation, ...      the likeliest first
       ^                                             |
       '--- RequestBuilder.adapt -- run/feedback_loop tries one after the other

    attempt                   the rejected request, and what the target answered
    error_text                what the text names and offers: members, values, kinds of resources
    member_suggestions        add, change or fill members of the request
    reference_suggestions     create what the request refers to, or call another operation first
    suggestions               which of these are tried for which outcome, in which order
    adaptation                what is learned: hints and resources, of the same kind as an overlay has them

Everything here is a guess from names and texts; only the target can say whether one is right. An adaptation that leads
to no accepted request is dropped, and no verdict rests on one that was not accepted.
"""
