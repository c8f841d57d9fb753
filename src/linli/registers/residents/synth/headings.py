"""The header words and the words of cells of the files of 一标三实, in one place.

Each column has a heading, the column of the tables it comes from, and words for codes. ``files`` writes
them, tests of imports read them from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

YES_NO = {True: "是", False: "否"}
HAS = {True: "有", False: "无"}
SEX = {"m": "男", "f": "女"}
TENURE = {"owner": "自有", "tenant": "租住", "public": "公房承租", "employer": "单位宿舍", "lent": "借住"}
HOUSEHOLD = {"family": "家庭户", "collective": "集体户"}
HUKOU = {"local": "本市户籍", "elsewhere": "外省市户籍"}
EDUCATION = {
    "none": "未上过学",
    "primary": "小学",
    "junior": "初中",
    "senior": "高中",
    "college": "大专及以上",
}
MARITAL = {"single": "未婚", "married": "已婚", "divorced": "离婚", "widowed": "丧偶"}
EMPLOYMENT = {
    "employed": "单位就业", "flexible": "灵活就业", "own": "自主经营", "farming": "务农", 
    "registered": "登记失业", "jobless": "无业", "retired": "离退休", "student": "在校学生", "none": "",
}  # fmt: skip
# Words of the dictionary of facts (residents/data/facts.yaml); 没有 is known to be nothing, empty is unknown.
NOTHING = "没有"
DISABILITY = {
    "none": NOTHING, "sight": "视力残疾", "hearing": "听力残疾", "speech": "言语残疾", "limbs": "肢体残疾",
    "intellect": "智力残疾", "mental": "精神残疾", "multiple": "多重残疾",
}  # fmt: skip
GRADE = {"none": NOTHING, "1": "一级", "2": "二级", "3": "三级", "4": "四级"}
CARE = {"0": "0级", "1": "一级", "2": "二级", "3": "三级", "4": "四级", "5": "五级", "6": "六级"}
SCHOOLING = {
    "none": NOTHING, "preschool": "学龄前", "primary": "小学", "junior": "初中", "senior": "高中",
    "vocational": "中职中专", "college": "大专", "university": "本科", "postgraduate": "研究生",
}  # fmt: skip
ASSISTANCE = {
    "none": NOTHING, "dibao": "最低生活保障家庭", "edge": "最低生活保障边缘家庭", "rigid": "刚性支出困难家庭",
}  # fmt: skip
PART = {"dwelling": "住宅", "shop": "商铺"}
HOUSING = {
    "commercial": "商品房", "reformed": "售后公房", "public": "直管公房", "resettlement": "动迁安置房",
    "affordable": "经济适用房", "rental": "公租房", "lane": "里弄",
    "self_built": "自建房", "business": "商办",
}  # fmt: skip
TITLE = {"sold": "已售", "unsold": "开发商未售", "public": "公有"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file: its heading, from which column of the joined tables, words for codes."""

    heading: str
    source: str
    words: Mapping[Any, str] | None = None
    hundredths: bool = False


PLACE = (
    Column("区", "district_name"),
    Column("街镇", "street_name"),
    Column("居村委", "committee_name"),
    Column("居村委代码", "committee"),
)
HOMES = (
    Column("房屋编号", "part_id"),
    *PLACE,
    Column("小区", "compound"),
    Column("楼栋", "building"),
    Column("单元", "stair"),
    Column("楼层", "floor"),
    Column("室号", "room"),
    Column("地址", "address"),
    Column("房屋用途", "kind", PART),
    Column("房屋类型", "housing_type", HOUSING),
    Column("建成年份", "built_year"),
    Column("总层数", "floors"),
    Column("建筑面积", "area", hundredths=True),
    Column("电梯", "has_lift", HAS),
)
PERSONS = (
    Column("户号", "household_number"),
    Column("户别", "household_kind", HOUSEHOLD),
    Column("与户主关系", "kinship"),
    Column("姓名", "name"),
    Column("性别", "sex", SEX),
    Column("出生日期", "birth"),
    Column("证件类型", "number_kind"),
    Column("证件号码", "number"),
    Column("联系电话", "phone"),
    *PLACE,
    Column("居住地址", "said_address"),
    Column("居住方式", "tenure", TENURE),
    Column("入住日期", "moved_in_on"),
    Column("户籍", "hukou", HUKOU),
    Column("户籍地区划代码", "hukou_place"),
    Column("上海市居住证", "residence_permit", HAS),
    Column("文化程度", "education", EDUCATION),
    Column("婚姻状况", "marital", MARITAL),
    Column("就业状况", "employment", EMPLOYMENT),
)
FACTS = (
    Column("证件号码", "number"),
    Column("姓名", "name"),
    *PLACE,
    Column("残疾类别", "disability_kind", DISABILITY),
    Column("残疾等级", "disability_grade", GRADE),
    Column("照护等级", "care_level", CARE),
    Column("就学阶段", "schooling", SCHOOLING),
    Column("独生子女父母光荣证", "only_child_certificate", YES_NO),
    Column("收入月份", "month"),
    Column("月收入（工资）", "income_wage", hundredths=True),
    Column("月收入（养老金）", "income_pension", hundredths=True),
    Column("救助身份", "assistance", ASSISTANCE),
)
UNITS = (
    Column("单位名称", "name"),
    Column("统一社会信用代码", "credit_code"),
    Column("单位类别", "kind"),
    Column("联系电话", "phone"),
    *PLACE,
    Column("经营地址", "address"),
)
TITLES = (
    Column("房屋编号", "part_id"),
    *PLACE,
    Column("地址", "address"),
    Column("权证号", "certificate"),
    Column("产权性质", "kind", TITLE),
    Column("登记面积", "registered_area", hundredths=True),
    Column("产权人", "owner_name"),
    Column("产权人证件号码", "owner_number"),
    Column("份额", "share"),
    Column("表决人", "is_voter", YES_NO),
    Column("登记日期", "from_on"),
)
COMPOUNDS = (
    Column("小区名称", "compound"),
    Column("小区地址", "compound_address"),
    Column("区", "district_name"),
    Column("街镇", "street_name"),
    Column("区划代码", "committee"),
    Column("居委", "committee_name"),
    Column("建成年份", "built_year"),
    Column("房屋类型", "housing_type", HOUSING),
    Column("经度", "lng"),
    Column("纬度", "lat"),
)
FILES: Mapping[str, tuple[Column, ...]] = {
    "小区.csv": COMPOUNDS,
    "房屋.csv": HOMES,
    "人口.csv": PERSONS,
    "事实.csv": FACTS,
    "单位.csv": UNITS,
    "产权.csv": TITLES,
}


def headings(name: str) -> list[str]:
    """Return the head of one of the files."""
    return [column.heading for column in FILES[name]]
