"""The render host: a child process in which engines and mastering run.

`client` is the parent's side, `__main__` the child's, `protocol` what they say to each other and
`operations` what the child can do. Native crashes, hangs and memory stay in the child.
"""
