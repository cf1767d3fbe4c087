"""AWS's regular expressions, which are Java's: read, written for other engines, and turned into strings.

    pattern --java_parser--> regex_tree --java_writer----> the `regex` library: matching
                                       |--portable_writer-> ECMA-262, for exported schemas
                                       '--plans, walk-----> strings: examples, near_misses, tokens, and drawn ones

`conformance.cases.patterns` is the face of this package.
"""
