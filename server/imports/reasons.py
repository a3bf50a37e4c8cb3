"""Why a row, a cell or a whole file is not acceptable. Codes are stable; sentences are Chinese first, English beside."""

from enum import StrEnum

from server.limits import IMPORT_CELL_CHARS_MAX


class Reason(StrEnum):
    """A reason. The sentence follows from it alone: what the cell holds is never repeated."""

    # A cell
    EMPTY = "empty"
    BAD_NUMBER = "bad_number"
    TOO_LONG = "too_long"
    NUL = "nul"
    CONTROL_CHARACTER = "control_character"
    SURROGATE = "surrogate"
    BAD_DATE = "bad_date"
    BAD_TIME = "bad_time"
    BAD_INTEGER = "bad_integer"
    BAD_DECIMAL = "bad_decimal"
    BAD_YES_NO = "bad_yes_no"
    BAD_SITE_KIND = "bad_site_kind"
    BAD_LATITUDE = "bad_latitude"
    BAD_LONGITUDE = "bad_longitude"
    LIST_TOO_LONG = "list_too_long"
    UNKNOWN_POLICY_KEY = "unknown_policy_key"
    FORMULA = "formula"
    ERROR_CELL = "error_cell"
    DIGITS_LOST = "digits_lost"
    # A row
    END_BEFORE_START = "end_before_start"
    HALF_A_POSITION = "half_a_position"
    OWN_PARENT = "own_parent"
    REGION_AND_SITE = "region_and_site"
    DUPLICATE_IN_FILE = "duplicate_in_file"
    WRONG_CELL_COUNT = "wrong_cell_count"
    BAD_QUOTING = "bad_quoting"
    BAD_ENCODING = "bad_encoding"
    ROW_TOO_LARGE = "row_too_large"
    OUTSIDE_PART = "outside_part"
    # A file
    EMPTY_FILE = "empty_file"
    FILE_TOO_LARGE = "file_too_large"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_COLUMNS = "too_many_columns"
    MISSING_COLUMN = "missing_column"
    DUPLICATE_COLUMN = "duplicate_column"
    NOT_XLSX = "not_xlsx"
    XLSX_BOMB = "xlsx_bomb"
    OLD_EXCEL = "old_excel"


SENTENCES: dict[Reason, tuple[str, str]] = {
    Reason.EMPTY: ("不能为空", "must not be empty"),
    Reason.BAD_NUMBER: ("须为 1–20 位数字、字母或短横线", "1–20 digits, letters or hyphens"),
    Reason.TOO_LONG: (
        f"超过 {IMPORT_CELL_CHARS_MAX} 个字符",
        f"over {IMPORT_CELL_CHARS_MAX} characters",
    ),
    Reason.NUL: ("含空字符（NUL）", "holds a NUL character"),
    Reason.CONTROL_CHARACTER: ("含控制字符或换行", "holds a control character or line break"),
    Reason.SURROGATE: ("含残缺的字符", "holds half a character (surrogate)"),
    Reason.BAD_DATE: ("日期须如 2022-04-01", "a date as in 2022-04-01"),
    Reason.BAD_TIME: ("时间须如 2022-04-01T08:00", "a time as in 2022-04-01T08:00"),
    Reason.BAD_INTEGER: ("须为不小于 0 的整数", "a whole number, 0 or more"),
    Reason.BAD_DECIMAL: ("须为数字，至多两位小数", "a number with at most two decimals"),
    Reason.BAD_YES_NO: ("须为 是 或 否", "yes or no"),
    Reason.BAD_SITE_KIND: ("站点类型不在词表中", "not a kind of site"),
    Reason.BAD_LATITUDE: ("纬度须在 -90 与 90 之间", "a latitude from -90 to 90"),
    Reason.BAD_LONGITUDE: ("经度须在 -180 与 180 之间", "a longitude from -180 to 180"),
    Reason.LIST_TOO_LONG: ("列表项过多", "too many items in the list"),
    Reason.UNKNOWN_POLICY_KEY: ("没有这项规则参数", "no such policy key"),
    Reason.FORMULA: ("单元格是公式，请粘贴为数值", "a formula: paste it as a value"),
    Reason.ERROR_CELL: ("单元格是错误值", "the cell holds an error"),
    Reason.DIGITS_LOST: (
        "数字过长，表格软件已丢失末位；请设为文本",
        "too long a number: digits are lost, store it as text",
    ),
    Reason.END_BEFORE_START: ("结束早于开始", "the end is before the start"),
    Reason.HALF_A_POSITION: ("经度和纬度须同时填写", "latitude and longitude go together"),
    Reason.OWN_PARENT: ("上级不能是自己", "its own parent"),
    Reason.REGION_AND_SITE: ("区划和站点只能填一个", "either a region or a site, not both"),
    Reason.DUPLICATE_IN_FILE: (
        "同一编号在前面已出现，内容不同",
        "the same key came before, otherwise",
    ),
    Reason.WRONG_CELL_COUNT: ("单元格数与表头不符", "not as many cells as headers"),
    Reason.BAD_QUOTING: ("引号不成对或位置不对", "quotes that do not match"),
    Reason.BAD_ENCODING: ("文字编码损坏", "broken text encoding"),
    Reason.ROW_TOO_LARGE: ("行过长", "the row is too long"),
    Reason.OUTSIDE_PART: ("不在您的管辖范围内", "outside what you look after"),
    Reason.EMPTY_FILE: ("文件是空的", "the file is empty"),
    Reason.FILE_TOO_LARGE: ("文件过大", "the file is too large"),
    Reason.TOO_MANY_ROWS: ("行数过多，请分成几个文件", "too many rows: split the file"),
    Reason.TOO_MANY_COLUMNS: ("列数过多", "too many columns"),
    Reason.MISSING_COLUMN: ("缺少必需的列", "a required column is missing"),
    Reason.DUPLICATE_COLUMN: ("同一列出现两次", "a column occurs twice"),
    Reason.NOT_XLSX: ("不是可读的 XLSX 文件", "not a readable XLSX file"),
    Reason.XLSX_BOMB: ("XLSX 解压后过大", "the XLSX file is too large when inflated"),
    Reason.OLD_EXCEL: (
        "旧版或加密的 Excel 文件；请另存为 XLSX 或 CSV",
        "an old or encrypted Excel file: save it as XLSX or CSV",
    ),
}


class FileRefused(Exception):
    """The whole file is not acceptable; nothing was imported. detail: names of columns, no content."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        """Keep the reason and what it is about."""
        super().__init__(reason)
        self.reason = reason
        self.detail = detail

    @property
    def message(self) -> str:
        """Say it in both languages."""
        chinese, english = SENTENCES[self.reason]
        about = f": {self.detail}" if self.detail else ""
        return f"{chinese} / {english}{about}"


def sentence(reason: Reason, *, line: int, column: str = "") -> str:
    """Say what is wrong where, in both languages."""
    chinese, english = SENTENCES[reason]
    if column:
        return f"第 {line} 行 {column} 列：{chinese} / line {line}, column {column}: {english}"
    return f"第 {line} 行：{chinese} / line {line}: {english}"
