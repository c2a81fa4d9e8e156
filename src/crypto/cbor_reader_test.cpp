#include "crypto/cbor_reader.h"

#include <gtest/gtest.h>

namespace sallyport::crypto {
namespace {

std::optional<CborProblem> problem_of(std::string_view hex)
{
    const Bytes bytes = *from_hex(hex);
    const auto item = read_cbor(bytes);
    return item ? std::nullopt : std::optional(item.error());
}

TEST(CborReader, ReadsWhatIsCanonical)
{
    for (const char* const hex : {"00",
                                  "17",
                                  "1818",
                                  "18ff",
                                  "190100",
                                  "1a00010000",
                                  "1b0000000100000000",
                                  "20",
                                  "3863",
                                  "40",
                                  "4101",
                                  "60",
                                  "6161",
                                  "80",
                                  "820102",
                                  "a0",
                                  "a10102",
                                  "a2010220f6",
                                  "f4",
                                  "f5",
                                  "f6",
                                  "1b7fffffffffffffff",
                                  "3b7fffffffffffffff",
                                  "81818101"}) {
        EXPECT_EQ(problem_of(hex), std::nullopt) << hex;
    }
}

TEST(CborReader, SaysWhatIsWrong)
{
    struct Row {
        const char* hex;
        CborProblem problem;
    };
    const Row rows[] = {
        {"", CborProblem::truncated},
        {"18", CborProblem::truncated},
        {"4201", CborProblem::truncated},
        {"8201", CborProblem::truncated},
        {"a101", CborProblem::truncated},
        {"5bffffffffffffffff", CborProblem::truncated},
        {"9a40000000", CborProblem::too_large},  // five bytes that claim 2^30 items
        {"ba40000000", CborProblem::too_large},
        {"9b0000000040000000", CborProblem::not_canonical},
        {"9841", CborProblem::too_large},  // one more than cbor_items_max
        {"8181818101", CborProblem::too_large},
        {"1817", CborProblem::not_canonical},
        {"1900ff", CborProblem::not_canonical},
        {"1a0000ffff", CborProblem::not_canonical},
        {"1b00000000ffffffff", CborProblem::not_canonical},
        {"3817", CborProblem::not_canonical},
        {"580101", CborProblem::not_canonical},
        {"780161", CborProblem::not_canonical},
        {"980101", CborProblem::not_canonical},
        {"b8010102", CborProblem::not_canonical},
        {"61ff", CborProblem::not_canonical},       // not UTF-8
        {"6100", CborProblem::not_canonical},       // NUL
        {"a201020103", CborProblem::unsorted},      // twice
        {"a220010102", CborProblem::unsorted},      // −1 before 1
        {"a2616201616101", CborProblem::unsorted},  // "b" before "a"
        {"a262616101616201", CborProblem::unsorted},
        {"5f4101ff", CborProblem::forbidden},
        {"7f6161ff", CborProblem::forbidden},
        {"9f01ff", CborProblem::forbidden},
        {"bf0102ff", CborProblem::forbidden},
        {"c001", CborProblem::forbidden},
        {"f90000", CborProblem::forbidden},
        {"fa00000000", CborProblem::forbidden},
        {"fb0000000000000000", CborProblem::forbidden},
        {"f7", CborProblem::forbidden},
        {"e0", CborProblem::forbidden},
        {"f8ff", CborProblem::forbidden},
        {"ff", CborProblem::forbidden},
        {"1c", CborProblem::forbidden},
        {"1b8000000000000000", CborProblem::forbidden},
        {"3b8000000000000000", CborProblem::forbidden},
        {"0100", CborProblem::trailing},
    };
    for (const Row& row : rows) EXPECT_EQ(problem_of(row.hex), row.problem) << row.hex;
}

TEST(CborReader, FindsByName)
{
    const Bytes bytes = *from_hex("a4010220636d696e63666f6f8201026362617a4105");
    const auto map = CborMap::read(bytes);
    ASSERT_FALSE(map.has_value());  // "foo" before "baz"
    const Bytes sorted = *from_hex("a4010220636d696e6362617a410563666f6f820102");
    const auto right = CborMap::read(sorted);
    ASSERT_TRUE(right.has_value());
    EXPECT_EQ(right->size(), 4U);
    EXPECT_EQ(right->integer(1), 2);
    EXPECT_EQ(right->find(-1)->text(), "min");
    EXPECT_EQ(to_hex(*right->bytes("baz")), "05");
    EXPECT_EQ(right->find("foo")->parts.size(), 2U);
    EXPECT_FALSE(right->find(2).has_value());
    EXPECT_FALSE(right->bytes("foo").has_value());
    EXPECT_FALSE(right->text("baz").has_value());
    EXPECT_EQ(right->names().size(), 2U);
    EXPECT_EQ(CborMap::read(*from_hex("01")).error(), CborProblem::wrong_kind);
}

TEST(CborReader, EveryPrefixIsTruncated)
{
    const Bytes bytes = *from_hex("a4010220636d696e6362617a410563666f6f820102");
    for (std::size_t size = 0; size < bytes.size(); ++size)
        EXPECT_EQ(read_cbor(BytesView(bytes).first(size)).error(), CborProblem::truncated) << size;
    const Bytes large(cbor_bytes_max + 1, 0);
    EXPECT_EQ(read_cbor_front(large).error(), CborProblem::too_large);
}

}  // namespace
}  // namespace sallyport::crypto
