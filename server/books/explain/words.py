"""What rules say to a volunteer, in a sentence that a member of staff can read aloud: Chinese, with English beside."""

CREDITED = ("没有规则拦下", "no rule holds these minutes")

WHY: dict[str, tuple[str, str]] = {
    "A2": ("签到机被复制或恢复过，双方记录都保留", "the kiosk was copied or restored; both records stand"),
    "A3": ("签到机的记录缺号，这几天不完整", "entries of a kiosk are missing: these dates are incomplete"),
    "A5": ("签到机未登记或已挂失，待人工确认", "the kiosk is not enrolled, or was reported lost"),
    "B1": ("短时间内重复扫码，只算第一次", "scanned again within moments: the first counts"),
    "B2": ("上一次没有签退就又签到", "signed in again without signing out"),
    "B3": ("只有签退，没有签到", "a sign-out without a sign-in"),
    "B4": ("没有签退，请说明几点离开", "no sign-out: say when it ended"),
    "B5": ("签退早于签到，时钟有疑问", "ends before it starts: the clocks are in doubt"),
    "B6": ("时间太短", "too short"),
    "B7": ("当天超过八小时（或十二小时）的部分，待审核", "past the eighth (or twelfth) hour of the day"),
    "B8": ("比排班长得多", "far longer than the shift"),
    "B9": ("与本站点另一条记录重叠，只算一次", "overlaps another record here: counted once"),
    "B10": ("同一时间在两个站点，请选择一处", "at two sites at once: somebody has to choose"),
    "B11": ("两个站点之间赶不到", "nobody travels that fast from the site before"),
    "B15": ("休息不足或连续夜班，提醒注意", "too little rest, or many nights running"),
    "B16": ("按规定扣除休息时间", "a break is taken off, as the policy says"),
    "B17": ("在一处签到，在另一处签退，记在签到处", "in here and out elsewhere: credited here"),
    "C1": ("签到机时钟不准，已校正", "the kiosk's clock was wrong and is corrected"),
    "C2": ("时长误差太大", "the length is too uncertain"),
    "C3": ("时间晚于之后的联网时间", "a time lies later than the next contact"),
    "C4": ("签到机很久没有联系", "the kiosk has not been in contact for long"),
    "D1": ("扫到的码读不出是谁的证", "a code that could not be read as a badge"),
    "D2": ("证件过期，或动态码过时", "the badge had expired, or the pass was stale"),
    "D3": ("证件已挂失", "the badge had been revoked"),
    "D4": ("现场登记人员，待与志愿者核对", "a walk-in whom nobody has matched yet"),
    "D6": ("不在排班内，照常计时", "not on the roster: credited all the same"),
    "D7": ("岗位要求的培训、保险或年龄不符", "the post needs a training, insurance or age"),
    "D8": ("排班时间以外的部分", "outside the hours of the shift"),
    "D9": ("有偿或专业岗位，不计志愿时长", "paid or professional duty is no service"),
    "E2": ("多人同进同出，须由第二人证明", "many people in and out together: a second person must attest"),
    "E3": ("同样两个人一再同进同出", "the same two people together again and again"),
    "E4": ("一位负责人补录了一个月里的很大部分，或多为整点", "one lead typed much of a month, or round times"),
    "E5": ("由负责人补录，超出排班或没有原因的部分", "entered by a lead: without a reason, or beyond the shift"),
    "E6": ("由本人录入或认定", "entered or decided by the person themselves"),
    "E9": ("当天活动未经认证", "the activity was not certified that day"),
    "F1": ("岗位上的人多于班次需要", "more people on the post than the shift needs"),
    "F3": ("超过当天或当年上限", "past the cap of the day or year"),
    "R8": ("由工作人员认定", "a person decided"),
    "R10": ("认定之后资料有变", "reference data changed since it was decided"),
    "Void": ("负责人撤销过", "taken back by a lead"),
}  # fmt: skip
"""By rule: the same meaning as in `docs/rules.md`, for somebody who never saw it."""

VERDICTS = {
    "credited": ("认可", "credited"),
    "held": ("待核", "held"),
    "refused": ("不计", "refused"),
}

GRADES = {
    "A": ("动态码", "live pass"),
    "B": ("志愿者证", "signed card"),
    "C": ("一次扫码加负责人证明", "one scan and an attested end"),
    "D": ("手工输入或负责人补录", "typed, or entered by a lead"),
    "E": ("纸质或导入", "paper or import"),
}


def why(rule: str) -> str:
    """Say what a rule means, in both languages; a rule without words by its id."""
    chinese, english = WHY.get(rule, (rule, rule)) if rule else CREDITED
    return f"{chinese} / {english}"
