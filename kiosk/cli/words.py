"""What people read, Chinese first: of an error what happened, what is safe and what to do. Never what was scanned."""

from kiosk.errors import Trouble
from schemas.vocabulary import Code

_SAFE = "已记录的签到都在本机"
_SAFE_EN = "everything recorded is safe on this kiosk"

MESSAGES: dict[str, tuple[str, str]] = {
    Code.UNREACHABLE: (
        f"连不上服务器；{_SAFE}，可继续签到，有网络后再同步",
        f"the server cannot be reached; {_SAFE_EN}; go on scanning, sync again later",
    ),
    Code.NOT_AN_ANSWER: (
        f"收到的不是服务器的答复（可能是上网认证页面）；{_SAFE}，请检查网络后再同步",
        f"that was no answer of the server (a login page of the network?); {_SAFE_EN}; check the network, sync again",
    ),
    Code.TRY_LATER: (
        f"服务器忙；{_SAFE}，请稍后再试",
        f"the server is busy; {_SAFE_EN}; try again later",
    ),
    Code.NOT_OUR_SERVER: (
        f"对方不是登记本机的服务器，已停止；{_SAFE}，请核对地址并告知管理员",
        f"this is not the server of enrolment: stopped; {_SAFE_EN}; check the address, tell the centre",
    ),
    Code.DEMO_ONLY: (
        "演示与真实环境不能混用，未作改动、未发送任何内容；演示请用新的空文件夹和演示服务器",
        "a demo and a real home do not mix; nothing was changed or sent; a demo needs an empty folder and its own server",
    ),
    Code.DEMO_CLOCK: (
        "演示时钟文件缺失或读不出，未记录；请重新运行 make demo",
        "the demo's clock is missing or unreadable; nothing was recorded; run `make demo` again",
    ),
    Code.UNKNOWN_LOG: (
        f"服务器不认识本机；{_SAFE}，请向管理员要新的登记码",
        f"the server does not know this kiosk; {_SAFE_EN}; ask for a new enrolment code",
    ),
    Code.NOT_ENROLLED: (
        "本机尚未登记，什么都没有记录；请先运行 enrol 登记码 --server 地址",
        "this kiosk is not enrolled, so nothing was recorded or sent; run `enrol CODE --server URL` first",
    ),
    Code.ALREADY_ENROLLED: (
        f"本机已用另一个登记码登记，未作改动；{_SAFE}",
        f"this kiosk is enrolled with another code; nothing was changed; {_SAFE_EN}",
    ),
    Code.INSECURE_URL: (
        "地址必须以 https:// 开头（http:// 仅限本机），未发送任何内容",
        "the address must begin with https:// (http:// for this machine only); nothing was sent",
    ),
    Code.BAD_CODE: (
        "登记码不对，请核对后再输入",
        "the enrolment code is not right; check it and type it again",
    ),
    Code.CODE_USED: (
        "登记码已被使用，请向管理员要新的",
        "the enrolment code has been used; ask for a new one",
    ),
    Code.CODE_EXPIRED: (
        "登记码已过期，请向管理员要新的",
        "the enrolment code has expired; ask for a new one",
    ),
    Code.TOO_MANY_ATTEMPTS: (
        "尝试次数太多，请稍后再试或要新的登记码",
        "too many attempts; wait, or ask for a new code",
    ),
    Trouble.DISK_FULL: (
        "磁盘已满，这次没有记录；以前的记录都在。请腾出空间后重扫",
        "the disk is full: this was NOT recorded; earlier records are safe; free some space and scan again",
    ),
    Trouble.IO_ERROR: (
        "读写失败，这次没有完成；请检查磁盘和权限后再试",
        "reading or writing failed; this was not done; check disk and permissions, then try again",
    ),
    Trouble.READ_ONLY: (
        "磁盘只能读不能写，这次没有记录；以前的记录都在。请重启本机，仍不行请换一台并告知管理员",
        "the disk cannot be written: this was NOT recorded; earlier records are safe; restart, else use another kiosk",
    ),
    Trouble.STICK_FULL: (
        f"目标盘已满，没有导出；原来的文件没有动，{_SAFE}。请换一个 U 盘或腾出空间",
        f"no room there: nothing was exported, a file that was there is as it was; {_SAFE_EN}; free some space",
    ),
    Trouble.STICK_FAILED: (
        f"写不进目标盘（U 盘拔早了，或不能写），没有导出；{_SAFE}。请插好后重试",
        f"writing there failed (pulled out, or read-only?): nothing was exported; {_SAFE_EN}; try again",
    ),
    Code.NOT_A_BUNDLE: (
        "这不是数据包文件，什么都没有读入；请找以 .rvb 结尾的文件",
        "this is not a bundle file; nothing was taken from it; look for a file that ends in .rvb",
    ),
    Code.TRUNCATED: (
        "文件不完整（没有拷完，或 U 盘拔早了），什么都没有读入；请重新拷贝",
        "the file is cut off (copied only in part?); nothing was taken from it; copy it again",
    ),
    Code.ALTERED: (
        "文件已损坏或被改动，什么都没有读入；请换一个 U 盘重新拷贝",
        "the file is damaged or was altered; nothing was taken from it; use another stick",
    ),
    Code.NOT_FOUND: (
        "没有这个文件，什么都没有读入",
        "no such file; nothing was taken in",
    ),
    Trouble.STORE_BUSY: (
        "存储正忙，这次没有记录；请马上再试",
        "the store is busy; this was not recorded; try again now",
    ),
    Trouble.STORE_DAMAGED: (
        "存储损坏或密钥不符；不要删除任何文件，请运行 verify 并告知管理员",
        "the store is damaged, or its key is not the right one; delete nothing, run `verify`, tell the centre",
    ),
    Trouble.STORE_KEY_MISSING: (
        "找不到存储密钥 kiosk.key；不要删除任何文件，请放回密钥",
        "the store's key kiosk.key is missing; delete nothing, put the key back",
    ),
    Trouble.STORE_NEWER: (
        "存储由更新的软件建立；未作改动，请升级本软件",
        "the store was made by newer software; nothing was changed; upgrade this software",
    ),
    Trouble.SYNC_RUNNING: (
        "另一个同步正在进行，签到不受影响；请稍候",
        "another sync is running; scanning goes on; wait for it",
    ),
    Trouble.PICTURE_UNREADABLE: (
        "图片打不开，没有扫到任何码，未记录；请换一张图片",
        "the picture cannot be read; nothing was scanned or recorded; try another picture",
    ),
    Trouble.NO_QR_CODE: (
        "图片中没有找到二维码，未记录；请靠近、对准再拍",
        "no QR code found in the picture; nothing was recorded; come closer and try again",
    ),
    Trouble.PORT_TAKEN: (
        "这个端口已被占用，签到屏可能已经在运行",
        "the port is taken; the screen is perhaps running already",
    ),
    Trouble.TOO_LATE: (
        "已超过 10 秒，不能撤销；记录还在，请负责人处理",
        "over 10 seconds ago: it cannot be taken back; it stays recorded; ask the lead",
    ),
    Trouble.NOT_THERE: (
        "本机没有这条记录，未作改动",
        "this kiosk has no such entry; nothing was changed",
    ),
    Trouble.UNSENT: (
        "还有记录没有送达，也没有导出，什么都没有删；请先同步，或导出到 U 盘",
        "entries are neither delivered nor exported: nothing was deleted; sync or export first",
    ),
    Trouble.NOT_READY: (
        "邻机互传没有打开，或者本机还没有同步过；请先打开，再同步一次",
        "dealing with neighbours is off, or this kiosk has not synced since it can; turn it on, and sync once",
    ),
    Trouble.BAD_CONFIGURATION: ("设置有误", "a setting is wrong"),
    Trouble.WRONG_USAGE: ("用法不对", "wrong usage"),
    Trouble.INTERRUPTED: ("已中断；已记录的都在", "interrupted; what was recorded is safe"),
    Code.INTERNAL: (
        f"程序内部错误；{_SAFE}，请把日志交给管理员",
        f"a fault of this program; {_SAFE_EN}; give the log lines to the centre",
    ),
}

_REFUSED = (f"服务器拒绝了请求；{_SAFE}", f"the server refused; {_SAFE_EN}")


def message_of(code: str, detail: str = "") -> str:
    """Give the message of a code, with a detail behind."""
    zh, en = MESSAGES.get(code, _REFUSED)
    known = code in MESSAGES
    behind = detail if known else " ".join(part for part in (str(code), detail) if part)
    return f"{zh} / {en}" + (f" ({behind})" if behind else "")
