"""Texts of policies for tests."""

WHOLE = """
unit: person
pays: month
document: 沪府发〔2016〕24号
source: 市政府文件
mark: ○
when:
  all:
    - {label: 本市户籍, clause: 第二条, fact: hukou, in: [local]}
    - {age: {from: 65}, clause: 第三条}
    - {label: 人均收入低于低保, mark: ✘, value: {per_head: income}, under: {standard: dibao}}
    - {label: 享受低保, any: [{fact: assistance, in: [dibao]}, {policy: dibao}]}
    - {members: {any: {age: {under: 3}}}}
    - at_least: {count: 2, of: [{fact: homes, at_most: 1}, {fact: homes, from: 9}, {not: {policy: x}}]}
amount:
  bands: {of: age, rows: [{from: 65, to: 70, pay: 75.00}, {from: 70, pay: 150}]}
excludes: [{policy: rigid, label: 没有享受刚性支出救助, clause: 第五条}]
stacks: {not_income: true, with: [dibao]}
worth_asking: {missing: [disability_grade], when: [{age: {from: 60}}]}
automatic: yes
bring: [户口簿, 身份证]
where: 街镇社区事务受理服务中心
plain: |
  年满65周岁的本市老人
  每月可以领一份津贴。
notes:
  - {what: 2025年标准未查到, mark: ✘, source: 未核实清单}
"""


def with_when(*conditions: str, unit: str = "person", amount: str = "") -> str:
    """Return a small policy with these conditions (a line of YAML each)."""
    lines = "\n".join(f"  - {condition}" for condition in conditions)
    pays = f"pays: month\namount: {amount}\n" if amount else "pays: status\n"
    return f"unit: {unit}\n{pays}when:\n{lines}\n"
