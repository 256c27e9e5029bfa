"""The installer of packs: puts one where a player looks for it, and takes it out again.

It runs in the studio (``manage.py install_pack``) and, shipped as it is inside every pack, on machines that
have nothing but Python 3.9: standard library alone, and nothing of the studio is imported here. In a pack it
is under the pack's own terms for files that hold no sound, CC0-1.0.
"""
