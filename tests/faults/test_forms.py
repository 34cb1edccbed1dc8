"""I5 at length: the sweep of tests/test_forms_fuzzed.py with 1,000 examples a page. What the short form would try,
`make test` and `make test-services` have tried already."""

import os

if os.environ.get("FAULTS") == "long":
    from tests.test_forms_fuzzed import (  # noqa: F401
        page,
        place,
        test_addresses_take_anything_behind_their_question_mark,
        test_bodies_of_any_kind_are_answered,
        test_fields_take_anything,
        test_ten_megabytes_and_a_thousand_fields_are_refused_or_borne,
    )
