"""Getting the files of a model: from the hub or from a folder, checked, into a cache in the hub's layout.

Plain Python. What needs the hub's library lives in the child process, `fetch`; workers import only `child`.
"""
