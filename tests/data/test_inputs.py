from __future__ import annotations

import gzip
import io
import random
import struct
import zipfile
from pathlib import Path

import pytest

from convener.base.errors import BadInputError, NotFoundError
from convener.data.sources.inputs import Limits, is_ignored, open_inputs

TIGHT = Limits(bytes_each=10_000, members=3, swell=5, swell_from=2_000)


def read_all(origin: Path, **options) -> dict[str, bytes]:
    found = {}
    for source in open_inputs(str(origin), **options):
        with source.open() as stream:
            found[source.name] = stream.read()
    return found


def zip_of(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_a_plain_file_is_given_with_its_path_and_size(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("a,£\n".encode())

    (source,) = open_inputs(str(path))

    assert (source.name, source.path, source.size) == ("a.csv", path, 5)


@pytest.mark.parametrize(
    "content", ["a,£\n".encode("cp1252"), "a,b\n".encode("utf-16"), b"\xef\xbb\xbfa"]
)
def test_a_file_that_is_no_plain_utf8_is_given_without_a_path(tmp_path, content):
    path = tmp_path / "a.csv"
    path.write_bytes(content)

    (source,) = open_inputs(str(path))

    assert source.path is None
    with source.open() as stream:
        assert stream.read() == content


def test_an_input_opens_as_often_as_asked(tmp_path):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n"))

    (source,) = open_inputs(str(path))

    for _ in range(2):
        with source.open() as stream:
            assert stream.read() == b"a,b\n"


def test_what_a_file_is_its_bytes_say_and_not_its_name(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(gzip.compress(b"a") + gzip.compress(b"b"))

    assert read_all(path) == {"a.csv": b"ab"}


def test_a_folder_is_read_in_order_without_hidden_files_and_readmes(tmp_path):
    folder = tmp_path / "set"
    for name in ("b.csv", "deep/a.csv", ".hidden", ".git/config", "README.md", "readme"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode())

    assert list(read_all(folder)) == ["set/b.csv", "set/deep/a.csv"]


def test_members_of_a_zip_are_streamed_by_name(tmp_path):
    members = {"z.csv": b"1", "in/a.csv": b"2", "__MACOSX/._a.csv": b"3", "README.txt": b"4"}
    path = zip_of(tmp_path / "x.zip", members)

    assert read_all(path) == {"x.zip/in/a.csv": b"2", "x.zip/z.csv": b"1"}


def test_standard_input_is_kept_and_then_read_as_often_as_asked(tmp_path):
    spool = tmp_path / "raw" / "input"

    (source,) = open_inputs("-", stdin=io.BytesIO(gzip.compress(b"abc")), spool=spool)

    for _ in range(2):
        with source.open() as stream:
            assert stream.read() == b"abc"


def test_standard_input_is_bounded(tmp_path):
    with pytest.raises(BadInputError, match="10,000 bytes, which is the limit"):
        list(open_inputs("-", stdin=io.BytesIO(b"a" * 20_000), spool=tmp_path / "i", limits=TIGHT))


def test_standard_input_without_a_place_to_keep_it_is_refused():
    with pytest.raises(BadInputError, match="one is missing"):
        list(open_inputs("-", stdin=io.BytesIO(b"")))


def test_a_missing_file_is_named():
    with pytest.raises(NotFoundError, match=r"nowhere\.csv"):
        list(open_inputs("nowhere.csv"))


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="holds no file"):
        list(open_inputs(str(tmp_path)))


def test_an_empty_zip_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="holds no file"):
        list(open_inputs(str(zip_of(tmp_path / "x.zip", {}))))


def test_a_gzip_bomb_is_stopped_where_it_passes_the_limit(tmp_path):
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(b"0" * 5_000_000))

    with pytest.raises(BadInputError, match="unpacks to more than"):
        read_all(path, limits=TIGHT)


def test_a_zip_bomb_is_refused_before_it_is_read(tmp_path):
    path = zip_of(tmp_path / "x.zip", {"a": b"0" * 5_000_000})

    with pytest.raises(BadInputError, match="would unpack to 5,000,000 bytes"):
        read_all(path, limits=TIGHT)


def test_a_zip_that_lies_about_a_size_gives_no_more_than_it_declared(tmp_path):
    path = zip_of(tmp_path / "x.zip", {"a": b"0" * 5_000_000})
    content = path.read_bytes()
    path.write_bytes(content.replace(struct.pack("<I", 5_000_000), struct.pack("<I", 500)))

    with pytest.raises(BadInputError, match="broken"):
        read_all(path, limits=TIGHT)


def test_too_many_members_are_refused(tmp_path):
    path = zip_of(tmp_path / "x.zip", {str(number): b"" for number in range(4)})

    with pytest.raises(BadInputError, match="holds 4 files; at most 3 wanted"):
        read_all(path, limits=TIGHT)


@pytest.mark.parametrize("name", ["/etc/a", "../a", "b/../../a", "C:/a", "..\\a"])
def test_a_member_named_outside_the_archive_is_refused(tmp_path, name):
    path = zip_of(tmp_path / "x.zip", {name: b"1"})

    with pytest.raises(BadInputError, match="a name inside the archive was wanted"):
        read_all(path)


def test_a_member_that_is_a_link_is_refused(tmp_path):
    link = zipfile.ZipInfo("a.csv")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")

    with pytest.raises(BadInputError, match="a link"):
        read_all(tmp_path / "x.zip")


def test_an_encrypted_zip_is_refused(tmp_path):
    path = zip_of(tmp_path / "x.zip", {"a": b"1"})
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(content))

    with pytest.raises(BadInputError, match="without a password was wanted"):
        read_all(path)


@pytest.mark.parametrize("inner", [gzip.compress(b"a", mtime=0), b"PK\x03\x04rest"])
def test_an_archive_inside_an_archive_is_refused(tmp_path, inner):
    (tmp_path / "a.gz").write_bytes(gzip.compress(inner))
    zip_of(tmp_path / "a.zip", {"inner": inner})

    for name in ("a.gz", "a.zip"):
        with pytest.raises(BadInputError, match="archive inside an archive"):
            read_all(tmp_path / name)


def test_a_truncated_gzip_is_broken_and_says_where(tmp_path):
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(bytes(range(256)) * 1_000)[:-200])

    with pytest.raises(BadInputError, match=r"a\.gz is broken after"):
        read_all(path)


def test_a_truncated_zip_is_refused(tmp_path):
    path = zip_of(tmp_path / "x.zip", {"a": b"1" * 1_000})
    path.write_bytes(path.read_bytes()[:-10])

    with pytest.raises(BadInputError, match="not a whole zip file"):
        read_all(path)


def test_a_spoilt_zip_member_is_broken(tmp_path):
    path = zip_of(tmp_path / "x.zip", {"a": b"abcdefgh" * 10})
    content = bytearray(path.read_bytes())
    content[34] ^= 0xFF
    path.write_bytes(bytes(content))

    with pytest.raises(BadInputError, match="broken"):
        read_all(path)


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"%PDF-1.7", "is a PDF"),
        (b"\xfd7zXZ\x00", "with xz"),
        (b"BZh91AY", "with bzip2"),
        (b"\x28\xb5\x2f\xfd", "with zstd"),
        (b"7z\xbc\xaf\x27\x1c", "7z archive"),
        (b"\x00" * 257 + b"ustar", "tar archive"),
    ],
)
def test_what_we_do_not_read_is_told_apart(tmp_path, head, words):
    (tmp_path / "a").write_bytes(head)
    (tmp_path / "a.gz").write_bytes(gzip.compress(head))

    for name in ("a", "a.gz"):
        with pytest.raises(BadInputError, match=words):
            list(open_inputs(str(tmp_path / name)))


def test_a_workbook_is_told_apart_from_a_zip(tmp_path):
    path = zip_of(tmp_path / "a.xlsx", {"[Content_Types].xml": b"<Types/>", "xl/a.xml": b""})

    with pytest.raises(BadInputError, match="save the sheet as CSV"):
        list(open_inputs(str(path)))


@pytest.mark.parametrize(
    ("name", "ignored"),
    [("a.csv", False), (".a", True), ("x/.b/c", True), ("README", True), ("x/Readme.md", True)],
)
def test_litter_is_ignored(name, ignored):
    assert is_ignored(name) is ignored


@pytest.mark.parametrize("pack", ["gzip", "zip"])
def test_a_file_may_swell_as_far_as_its_own_size_allows(tmp_path, pack):
    content = random.Random(1).randbytes(1_500) * 3  # larger than what is never asked of
    path = tmp_path / "a"
    if pack == "gzip":
        path.write_bytes(gzip.compress(content))
    else:
        zip_of(path, {"a.csv": content})

    assert list(read_all(path, limits=TIGHT).values()) == [content]
