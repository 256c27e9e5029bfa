"""Give an Ogg file the stream serial number we choose.

libsndfile draws the serial at random, so that streams can be chained; two encodings of the same sound
then differ in four bytes of every page and in its checksum. A sound of the studio is the same bytes
whenever it is made, so the serial is written afresh. Page layout and CRC: RFC 3533, section 6.
"""

from __future__ import annotations

_SERIAL = slice(14, 18)
_CRC = slice(22, 26)
_SEGMENTS_AT = 26
_POLYNOMIAL = 0x04C11DB7


def with_serial(data: bytes, serial: int) -> bytes:
    """Return the Ogg file `data` with `serial` (0 … 2³²−1) in every page.

    Raises
    ------
    ValueError
        When the bytes are not a whole number of Ogg pages.
    """
    result, start = bytearray(data), 0
    while start < len(result):
        end = _page_end(result, start)
        page = result[start:end]
        page[_SERIAL] = serial.to_bytes(4, "little")
        page[_CRC] = bytes(4)
        page[_CRC] = _crc(page).to_bytes(4, "little")
        result[start:end] = page
        start = end
    return bytes(result)


def _page_end(data: bytearray, start: int) -> int:
    if data[start : start + 4] != b"OggS" or start + _SEGMENTS_AT >= len(data):
        raise ValueError(f"There is no Ogg page at byte {start}.")
    segments = data[start + _SEGMENTS_AT]
    body = start + _SEGMENTS_AT + 1 + segments
    end = body + sum(data[body - segments : body])
    if end > len(data):
        raise ValueError(f"The Ogg page at byte {start} is cut short.")
    return end


def _table() -> tuple[int, ...]:
    values = []
    for byte in range(256):
        crc = byte << 24
        for _ in range(8):
            crc = (crc << 1) ^ (_POLYNOMIAL if crc & 0x80000000 else 0)
        values.append(crc & 0xFFFFFFFF)
    return tuple(values)


_TABLE = _table()


def _crc(page: bytearray) -> int:
    crc = 0
    for byte in page:
        crc = ((crc << 8) & 0xFFFFFFFF) ^ _TABLE[(crc >> 24) ^ byte]
    return crc
