"""stancewatch: whose position just changed, says who, and how do you know?"""

__version__ = "0.1.0"
