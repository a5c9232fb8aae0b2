"""What the pages of `hub serve` offer, in both languages: (what is kept, Thai, English)."""

WHENS = (
    (
        "change_only",
        "เมื่อมีเรื่องใหม่ให้แก้ไข หรือแก้ไขแล้ว",
        "when something is new or was fixed",
    ),
    ("always", "ทุกรอบเผยแพร่", "with every release"),
    ("on_error", "เฉพาะเมื่อมีเรื่องร้ายแรงค้างอยู่", "only while something critical is open"),
)
ORDERS = (
    ("th,en", "ไทย แล้วตามด้วยอังกฤษ", "Thai, then English"),
    ("en,th", "อังกฤษ แล้วตามด้วยไทย", "English, then Thai"),
    ("th", "ไทยเท่านั้น", "Thai only"),
    ("en", "อังกฤษเท่านั้น", "English only"),
)
