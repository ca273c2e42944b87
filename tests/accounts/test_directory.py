"""The directory finds a unit by anything people call it, and guesses nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from meetly.accounts.directory import TOKEN, Directory, DirectoryUnit, same_tones
from meetly.folding import fold


@pytest.fixture(scope="module")
def standard() -> Directory:
    return Directory.standard()


def name_of(directory: Directory, said: str) -> str | None:
    unit = directory.find(said)
    return unit.name if unit else None


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Sở Y tế", "Sở Y tế"),
        ("sở y tế", "Sở Y tế"),
        ("so y te", "Sở Y tế"),
        ("Sở Văn hóa Thể thao và Du lịch", "Sở Văn hóa, Thể thao và Du lịch"),
        ("Sở Kế hoạch và Đầu tư", "Sở Tài chính"),
        ("Sở GTVT", "Sở Xây dựng"),
        ("Nông nghiệp và Môi trường", "Sở Nông nghiệp và Môi trường"),
        ("Sở Nông ngiệp và Môi trường", "Sở Nông nghiệp và Môi trường"),
        ("Ủy ban nhân dân tỉnh", "UBND tỉnh"),
        ("Thủ tướng", None),
        ("Sở", None),
        ("", None),
    ],
)
def test_a_unit_is_found_by_what_people_call_it(
    standard: Directory, said: str, name: str | None
) -> None:
    assert name_of(standard, said) == name


def test_a_locality_answers_to_its_committee_and_to_numbers_in_words() -> None:
    directory = Directory([DirectoryUnit("UBND xã Cát Tiên 3", "commune")])
    for said in ("xã Cát Tiên 3", "Ủy ban nhân dân xã cát tiên ba", "Cát Tiên 3", "xa cat tien ba"):
        assert name_of(directory, said) == "UBND xã Cát Tiên 3"
    assert name_of(directory, "xã Cát Tiên 2") is None


def test_diacritics_decide_between_names_that_fold_alike() -> None:
    directory = Directory(
        [DirectoryUnit("UBND xã Tân Lập", "commune"), DirectoryUnit("UBND xã Tân Lạp", "commune")]
    )
    assert name_of(directory, "xã Tân Lạp") == "UBND xã Tân Lạp"
    assert name_of(directory, "xã Tân Lập") == "UBND xã Tân Lập"


def test_a_slip_that_fits_two_units_finds_neither() -> None:
    directory = Directory(
        [DirectoryUnit("Sở Dân vận xã", "body"), DirectoryUnit("Sở Dân vậm xã", "body")]
    )
    assert name_of(directory, "Sở Dân vạo xã") is None


def test_both_habits_of_placing_the_tone_are_one_word() -> None:
    assert same_tones("hoà thuỷ quý uỷ hoàn khoẻ") == "hòa thủy quý ủy hoàn khỏe"
    directory = Directory([DirectoryUnit("UBND xã An Hoà", "commune")])
    assert name_of(directory, "xã An Hòa") == "UBND xã An Hoà"


def test_the_longest_name_at_a_place_wins(standard: Directory) -> None:
    words = TOKEN.findall("trung tâm xúc tiến đầu tư, thương mại và du lịch mở gian hàng")
    plain = [fold(word) for word in words]
    found = standard.longest(words, plain, 0)
    assert found is not None
    assert found[0].name == "Trung tâm Xúc tiến đầu tư, thương mại và du lịch"
    assert found[1] == 12


def test_the_csv_of_the_unit_import_is_read(tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    path.write_text(
        "code,name,kind,parent,aliases\n"
        "H37,Sở Tài chính,department,,Sở TC|Sở Kế hoạch\n"
        "001,Xã Nậm Hoa,commune,,\n"
        "002,Phường Đồi Thông,,,\n",
        encoding="utf-8",
    )
    directory = Directory.read(path)
    commune = directory.find("Nậm Hoa")
    assert commune is not None
    assert (commune.name, commune.kind, commune.code) == ("UBND xã Nậm Hoa", "commune", "001")
    ward = directory.find("phuong doi thong")
    assert ward is not None
    assert (ward.name, ward.kind) == ("UBND phường Đồi Thông", "ward")
    assert name_of(directory, "Sở Kế hoạch") == "Sở Tài chính"
    assert name_of(directory, "Sở Nội vụ") == "Sở Nội vụ"
    assert sum(unit.name == "Sở Tài chính" for unit in directory) == 1


def test_a_list_of_names_is_read(tmp_path: Path) -> None:
    path = tmp_path / "units.txt"
    path.write_text("# units\nSở Hải đảo\n\nUBND đặc khu Phú Quý\n", encoding="utf-8")
    directory = Directory.read(path)
    assert name_of(directory, "sở hải đảo") == "Sở Hải đảo"
    zone = directory.find("đặc khu Phú Quý")
    assert zone is not None and zone.kind == "special_zone"
    assert len(directory) == len(Directory.standard()) + 2
