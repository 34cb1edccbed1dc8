"""The demo county: Buskerud's 18 municipalities with invented people. Loaded by `manage.py demo`.

Places, distances and national services are real, figures are rounded. Everybody named is invented,
and so are the e-mail addresses (`.example`, RFC 2606). Telephone numbers begin with 31 99: the number
plan allows it, so forms accept it, and we know of no subscriber there.
"""
