"""AWS's regular expressions, in Java's dialect: parsed, translated for other engines, and turned into strings.

    pattern --java_parser--> regex_tree --java_writer----> the `regex` library: matching
                                       |--portable_writer-> ECMA-262, for exported schemas
                                       '--drawing_plans, draw-> strings: examples, near_misses, tokens, random ones

`conformance.cases.patterns` makes Hypothesis strategies of these.
"""
