"""The words of a certificate: Chinese, English, or Chinese with English small beside it. Never a name, never a figure."""

from enum import StrEnum


class Language(StrEnum):
    """In which language a certificate is."""

    BOTH = "both"
    ZH = "zh"
    EN = "en"


WORDS: dict[str, tuple[str, str]] = {
    "title": ("志愿服务记录证明", "Certificate of Volunteer Service"),
    "number": ("证明编号", "Certificate No."),
    "date": ("出具日期", "Issued on"),
    "name": ("姓名", "Name"),
    "volunteer": ("志愿者编号", "Volunteer No."),
    "document": ("证件类型及号码", "Identity document"),
    "period": ("服务时段", "Period"),
    "total": ("确认服务时长", "Confirmed service"),
    "day": ("服务日期", "Date"),
    "activity": ("活动名称", "Activity"),
    "place": ("服务地点", "Place"),
    "content": ("服务内容", "Content"),
    "time": ("起止时间", "From – to"),
    "minutes": ("分钟", "Min."),
    "grade": ("证据", "Grade"),
    "service": ("志愿服务", "Volunteer service"),
    "grades": ("证据等级", "Grades of evidence"),
    "issuer": ("记录单位", "Recorded by"),
    "responsible": ("负责人", "Person in charge"),
    "handler": ("经办人", "Handled by"),
    "contact": ("联系方式", "Contact"),
    "seal": ("（盖章）", "(seal)"),
    "check": ("扫码核验", "Scan to check"),
    "more": ("续页", "continued"),
}

SENTENCES: dict[str, tuple[str, str]] = {
    "certified": (
        "兹证明上述志愿者在所列时段内参加志愿服务，以下记录已经结账确认。待核和不计的时长不在其中。",
        "This certifies that the volunteer named above served as listed. Only confirmed service of closed months is listed; "
        "minutes held or refused are not.",
    ),
    "rounding": (
        "时长按分钟记录；小时数由合计分钟一次换算，四舍五入，保留两位小数。不含往返路途。",
        "Time is recorded in minutes; hours are rounded once, from the total, half up, to two decimals. Travel is not counted.",
    ),
    "law": (
        "依据《志愿服务记录与证明出具办法（试行）》（民政部令第67号）免费出具。记录有更正或证明补发时，本证明失效，以核验结果为准。",
        "Issued free of charge under Order No. 67 of the Ministry of Civil Affairs. It ceases to hold if the "
        "records are corrected or it is re-issued; the check by code or number decides.",
    ),
}


def label(key: str, language: Language) -> tuple[str, str]:
    """Give a label: what is printed large, and what is printed small beside it ("" for nothing)."""
    chinese, english = WORDS[key]
    return {
        Language.BOTH: (chinese, english),
        Language.ZH: (chinese, ""),
        Language.EN: (english, ""),
    }[language]


def sentences(key: str, language: Language) -> list[str]:
    """Give a sentence, in one language or in both."""
    chinese, english = SENTENCES[key]
    return {
        Language.BOTH: [chinese, english],
        Language.ZH: [chinese],
        Language.EN: [english],
    }[language]


def total_words(minutes: int, hours: str, times: int, language: Language) -> str:
    """Say the total: hours, minutes and person-times."""
    chinese = f"{hours} 小时（{minutes} 分钟），{times} 人次"
    english = f"{hours} hours ({minutes} minutes), attendances: {times}"
    return {
        Language.BOTH: f"{chinese}  {english}",
        Language.ZH: chinese,
        Language.EN: english,
    }[language]
