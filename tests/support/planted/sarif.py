"""SARIF 2.1.0 by hand, as far as the guard writes it: the members that each object has, all of them, and the words that it
may say. (Its schema allows no member that it does not name either.) OASIS, Static Analysis Results Interchange Format 2.1.0."""

LEVELS = {"none", "note", "warning", "error"}
COLUMNS = {"utf16CodeUnits", "unicodeCodePoints"}
MESSAGE = {"text": str}
PHYSICAL = {"artifactLocation": {"uri": str, "uriBaseId?": str}, "region?": {"startLine": int}}
LOCATION = {"physicalLocation": PHYSICAL}
RELATED = {"id": int, "physicalLocation": PHYSICAL, "message": MESSAGE}
RULE = {"id": str, "shortDescription": MESSAGE, "help": MESSAGE}
SUPPRESSION = {"kind": {"inSource", "external"}, "justification": str}
RESULT = {"ruleId": str, "ruleIndex": int, "level": LEVELS, "message": MESSAGE, "locations": [LOCATION],
          "relatedLocations?": [RELATED], "partialFingerprints": {"subject/v1": str}, "suppressions?": [SUPPRESSION]}
NOTIFICATION = {"level": LEVELS, "message": MESSAGE, "locations": [LOCATION]}
INVOCATION = {"executionSuccessful": bool, "exitCode": int, "toolExecutionNotifications": [NOTIFICATION]}
RUN = {"tool": {"driver": {"name": str, "rules": [RULE]}}, "columnKind": COLUMNS, "invocations": [INVOCATION],
       "results": [RESULT]}
LOG = {"$schema": str, "version": {"2.1.0"}, "runs": [RUN]}


def results(log):
    """Of one valid log: (rule, place, level) each. Raises AssertionError where the log is not valid."""
    hold(log, LOG, "")
    assert "sarif" in log["$schema"] and len(log["runs"]) == 1, log["$schema"]
    run = log["runs"][0]
    rules = [each["id"] for each in run["tool"]["driver"]["rules"]]
    assert len(set(rules)) == len(rules), rules
    for each in run["results"]:
        assert rules[each["ruleIndex"]] == each["ruleId"], each
    return [(each["ruleId"], place(each), each["level"]) for each in run["results"]]


def notifications(log):
    """What could not be checked: (place, words) each."""
    hold(log, LOG, "")
    invocation = log["runs"][0]["invocations"][0]
    assert invocation["executionSuccessful"] is not bool(invocation["toolExecutionNotifications"])
    return [(place(each), each["message"]["text"]) for each in invocation["toolExecutionNotifications"]]


def place(of):
    physical = of["locations"][0]["physicalLocation"]
    uri = physical["artifactLocation"]["uri"]
    assert not uri.startswith("/"), uri
    return f"{uri}:{physical['region']['startLine']}" if "region" in physical else uri


def hold(value, shape, at):
    if isinstance(shape, set):
        assert value in shape, f"{at} is {value!r}, not one of {shape}"
    elif isinstance(shape, list):
        assert isinstance(value, list), f"{at} is no list"
        for number, each in enumerate(value):
            hold(each, shape[0], f"{at}/{number}")
    elif isinstance(shape, dict):
        assert isinstance(value, dict), f"{at} is no object"
        unknown = [key for key in value if key not in shape and key + "?" not in shape]
        assert not unknown, f"{at} has {unknown}"
        for key, of in shape.items():
            if key.rstrip("?") in value:
                hold(value[key.rstrip("?")], of, f"{at}/{key.rstrip('?')}")
            else:
                assert key.endswith("?"), f"{at} lacks {key}"
    else:
        assert type(value) is shape, f"{at} is {value!r}, no {shape.__name__}"
        assert shape is not int or value >= 0 and (not at.endswith("/startLine") or value > 0), f"{at} is {value}"
        assert shape is not str or value, f"{at} is empty"
