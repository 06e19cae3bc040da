"""What a rewrite is known to change, and why: by rewrite, and by case of the flow cases or program about consent."""

from __future__ import annotations

from typing import Final

EXTRACT: Final = "a call is extracted into a function"
LAMBDA: Final = "a call is wrapped in a lambda"

_HANDED_ON: Final = "what a helper does to a class, a generator or a method table that it is handed is not followed"
_WEAKER: Final = "what a helper takes away from an object that it is handed is taken to be there still"
_PLACES: Final = "a function does not know the places and keys of what it is handed, or has captured, as its maker does"
_ERRORS: Final = "a list of errors that another function fills no longer says by its emptiness what was checked"

REASONS: Final = {
    (EXTRACT, "class_item"): _HANDED_ON,
    (EXTRACT, "class_getitem"): _HANDED_ON,
    (EXTRACT, "dict_update"): _HANDED_ON,
    (EXTRACT, "method_replaced"): _HANDED_ON,
    (EXTRACT, "setattr_dunder"): _HANDED_ON,
    (EXTRACT, "send_value"): _HANDED_ON,
    (EXTRACT, "send_value_named"): _HANDED_ON,
    (EXTRACT, "throw"): _HANDED_ON,
    (EXTRACT, "mutual_recursion"): "closures that call each other, handed to a function as values",
    (EXTRACT, "pathlib"): "a Path that is handed over has no text that is known",
    (EXTRACT, "args_index"): _PLACES,
    (EXTRACT, "own_class"): "a function does not know the class of an exception that it is handed, nor what it shows",
    (EXTRACT, "clear"): _WEAKER,
    (EXTRACT, "instance_shadows"): _WEAKER,
    (EXTRACT, "mapping_proxy"): _WEAKER,
    (EXTRACT, "partial_attributes"): _WEAKER,
    (EXTRACT, "thread_local"): _WEAKER,
    ("a variable is inlined", "multiline"): "the mark is in the middle of the call",
    (LAMBDA, "class_item"): _HANDED_ON,
    (LAMBDA, "class_getitem"): _HANDED_ON,
    (LAMBDA, "dict_update"): _HANDED_ON,
    (LAMBDA, "method_replaced"): _HANDED_ON,
    (LAMBDA, "setattr_dunder"): _HANDED_ON,
    (LAMBDA, "send_value"): _HANDED_ON,
    (LAMBDA, "send_value_named"): _HANDED_ON,
    (LAMBDA, "throw"): _HANDED_ON,
    (LAMBDA, "pathlib"): "a Path that is handed over has no text that is known",
    (LAMBDA, "temporary_directory"): "a Path that is handed over has no text that is known",
    (LAMBDA, "csv_dicts"): "a writer of a module's, which another function uses",
    (LAMBDA, "csv_dict"): "a writer of a module's, which another function uses",
    (LAMBDA, "csv_write_read"): "a writer of a module's, which another function uses",
    (LAMBDA, "namedtuple_replace"): _PLACES,
    (LAMBDA, "namedtuple_defaults"): _PLACES,
    (LAMBDA, "chain_map_parts"): _PLACES,
    (LAMBDA, "counters"): _PLACES,
    (LAMBDA, "operator_module"): _WEAKER,
    (LAMBDA, "what_may_lie_under_a_known_key"): _PLACES,
    (
        LAMBDA,
        "enum_members_that_are_data",
    ): "what a class inside of a function holds is not known to a closure beside it",
    (EXTRACT, "cause"): "a function does not know the class of an exception that it is handed, nor what it shows",
    (
        EXTRACT,
        "group_message",
    ): "a function does not know the class of an exception that it is handed, nor what it shows",
    (EXTRACT, "own_exception_tells_one_argument"): (
        "a function does not know the class of an exception that it is handed, nor what it shows"
    ),
    (LAMBDA, "defaultdict"): _PLACES,
    (LAMBDA, "slice"): _PLACES,
    (LAMBDA, "json_default"): "what a class inside of a function holds is one for all of its instances",
    (LAMBDA, "clear"): _WEAKER,
    (LAMBDA, "instance_shadows"): _WEAKER,
    (LAMBDA, "mapping_proxy"): _WEAKER,
    (LAMBDA, "partial_attributes"): _WEAKER,
    (LAMBDA, "thread_local"): _WEAKER,
    (LAMBDA, "operator_functions"): _WEAKER,
    (LAMBDA, "custom_str_hides"): "a closure over what is thrown sees all of it",
    **{
        (change, f"test_{name}"): _ERRORS
        for change in (EXTRACT, LAMBDA)
        for name in ("helpers/test_predicates", "shapes/test_variables", "shapes/test_errors_that_are_gathered")
    },
    (EXTRACT, "test_helpers/test_across_functions"): "a recursive call that is extracted is one of a helper between",
    (EXTRACT, "test_helpers/test_conditions_that_are_handed_over"): "a condition that is handed over twice",
    (LAMBDA, "test_subject/test_aliases_and_ids"): "a closure that sees one of two people",
    (EXTRACT, "test_subject/test_evidence_by_the_id_of_a_person"): "a set of ids that another function fills",
    (LAMBDA, "test_subject/test_evidence_by_the_id_of_a_person"): "a set of ids that another function fills",
    **{
        (change, "test_evidence/test_stages_closures_threads_and_streams"): "what a stream gives, handed over by pieces"
        for change in (EXTRACT, LAMBDA)
    },
    (EXTRACT, "examples"): "columns of a data frame that is handed over to the call of a model",
}
