"""A browser in words, as its owner would call it: enough to know it again, nothing that tells two of a kind apart."""

# The first that is found counts: Edge says Chrome too, Chrome says Safari, an iPhone says Mac, Android says Linux.
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "Chrome": "Chrome",
    "CriOS": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac": "macOS",
    "mac": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


def device_of(user_agent: str) -> str:
    """Such as ``Firefox, Windows``; the same again for what this has returned; empty where nothing is known."""
    browser = next((name for mark, name in BROWSERS.items() if mark in user_agent or name in user_agent), "")
    system = next((name for mark, name in SYSTEMS.items() if mark in user_agent), "")
    return ", ".join(filter(None, [browser, system]))
