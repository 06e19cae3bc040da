"""What a rewrite is known to change, and why: by rewrite, and by case of the flow cases or program about consent."""

from __future__ import annotations

from typing import Final

EXTRACT: Final = "a call is extracted into a function"
LAMBDA: Final = "a call is wrapped in a lambda"

_PLACES: Final = "a function does not see that a key of what it is handed is one that a defaultdict has yet to fill"
_WEAKER: Final = "what a helper takes away from an object that it is handed is taken to be there still"
_MADE_BY_TYPE: Final = "a function does not know what a class has in it that type() has made"
_ERRORS: Final = "a list of errors that another function fills no longer says by its emptiness what was checked"
_PLACES_THAT_ARE_NOT: Final = "a function does not see which keys a view or ``__dict__`` that it is handed has not"
_SAME: Final = "two names of one object are found in the call itself, not in a function between"
_FILTERS: Final = "a function does not know which filters a handler that it is handed has"
_PLACES_IN_DEQUES: Final = "a function does not know where the elements of what it is handed stand"
_ONE_OF_A_LOOP: Final = "a check that is an element of a loop, called by a function between"
_OPEN: Final = "not found out yet"

_BOTH: Final = {
    "type_call": _MADE_BY_TYPE,
    "class_of_type_with_methods": _MADE_BY_TYPE,
    "clear": _WEAKER,
    "instance_shadows": _WEAKER,
    "list_methods": _WEAKER,
    "list_slices": _WEAKER,
    "deque_both_ends": _WEAKER,
    "dict_methods": _WEAKER,
    "dict_views": _WEAKER,
    "defaultdict": _PLACES,
    "names_that_a_defaultdict_was_asked_for": _PLACES,
    "names_that_inner_defaultdicts_were_asked_for": _PLACES,
    "heap_bisect_array": _PLACES,
    "modules_of_types_and_namespaces": "a function does not put into a namespace what it puts into its ``__dict__``",
    "generator_that_delegates_and_returns": "a generator that is handed on by another is drawn from where nobody sees "
    "what it yields to",
    "enum_members": _OPEN,
    "enum_members_that_are_data": _OPEN,
    "map_raises_late": "what map() raises as it is drawn from is not asked of an iterator that is handed over",
    "state_of_a_module_read_where_it_is_set": _OPEN,
    "getattr_after_del": "a function does not know that an attribute of what it is handed has been deleted",
    "namespaces": _PLACES_THAT_ARE_NOT,
    "argument_names": "what an action of a parser that is handed over puts into the namespace",
    "new_class_by_its_body": _MADE_BY_TYPE,
    "alias_captured": _SAME,
    "alias_inner": _SAME,
    "deque_rotation": _PLACES_IN_DEQUES,
    "handlers_of_logs": _FILTERS,
    "filters_of_handlers": _FILTERS,
    "deques_with_a_bound": _PLACES_IN_DEQUES,
    "metaclass_is_told_the_name": _MADE_BY_TYPE,
    "text_of_a_dataclass": "a function does not know that what it is handed has attributes beside its fields",
    "elements_of_markup": "a function does not know at which places the elements of markup that it is handed stand",
    "nothing_in_an_empty_dict": "a function is taken to run, though every call of it stands where nothing runs",
    "dicts_that_are_handed_over_and_put_together": "what a function puts into a dict of another "
    "stands there still when the same key is set later",
    "standard_output_set_for_a_while": "a function does not know what ``sys.stdout`` is where it is called",
    "yield_from_handed": "a generator that is handed on by another is drawn from where nobody sees what it yields to",
}
"""Whether a call is extracted or wrapped."""

REASONS = {
    **{(change, case): reason for change in (EXTRACT, LAMBDA) for case, reason in _BOTH.items()},
    ("a variable is inlined", "multiline"): "the mark is in the middle of the call",
    (LAMBDA, "operator_module"): _WEAKER,
    (LAMBDA, "json_of_objects"): "what a class inside of a function holds is one for all of its instances",
    (LAMBDA, "files_round"): "a file that mkstemp() has opened, written in a function of the module",
    (LAMBDA, "recorded_warnings"): _OPEN,
    (LAMBDA, "recursion_over_structure"): _OPEN,
    (LAMBDA, "copies_by_state"): _OPEN,
    (LAMBDA, "copy_protocols"): "a function around copies what its class copies in a way of its own",
    (EXTRACT, "file_that_modules_share"): "a file that one function names and another one writes",
    (EXTRACT, "far_from_the_file"): "a file that one function names and another one writes",
    (LAMBDA, "table_that_modules_share"): "a table that only a nested function names",
    (LAMBDA, "view_that_a_method_returns"): "a view that two functions between hand on",
    (LAMBDA, "generator_as_a_context_in_a_class"): _OPEN,
    (LAMBDA, "errors_and_output_elsewhere"): _OPEN,
    (
        LAMBDA,
        "map_of_a_deque_that_is_changed",
    ): "what is drawn late from what changes is not asked of what is handed over",
    (LAMBDA, "views_of_a_dict_that_grows"): "what is drawn late from what changes is not asked of what is handed over",
    **{
        (change, f"test_{name}"): _ERRORS
        for change in (EXTRACT, LAMBDA)
        for name in ("helpers/test_predicates", "shapes/test_variables", "shapes/test_errors_that_are_gathered")
    },
    **{(change, "test_helpers/test_a_table_of_checks_in_a_loop"): _ONE_OF_A_LOOP for change in (EXTRACT, LAMBDA)},
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
