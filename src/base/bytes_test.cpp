#include "base/bytes.h"

#include <gtest/gtest.h>

namespace sallyport {
namespace {

// RFC 4648 section 10, without padding.
TEST(Bytes, Rfc4648Vectors)
{
    struct Row {
        std::string_view plain, base64url, base32, hex;
    };
    for (const Row& row :
         {Row{"", "", "", ""}, Row{"f", "Zg", "MY", "66"}, Row{"fo", "Zm8", "MZXQ", "666f"},
          Row{"foo", "Zm9v", "MZXW6", "666f6f"}, Row{"foob", "Zm9vYg", "MZXW6YQ", "666f6f62"},
          Row{"fooba", "Zm9vYmE", "MZXW6YTB", "666f6f6261"},
          Row{"foobar", "Zm9vYmFy", "MZXW6YTBOI", "666f6f626172"}}) {
        EXPECT_EQ(to_base64url(as_bytes(row.plain)), row.base64url);
        EXPECT_EQ(to_base32(as_bytes(row.plain)), row.base32);
        EXPECT_EQ(to_hex(as_bytes(row.plain)), row.hex);
        EXPECT_EQ(from_base64url(row.base64url), to_bytes(row.plain));
        EXPECT_EQ(from_base32(row.base32), to_bytes(row.plain));
        EXPECT_EQ(from_hex(row.hex), to_bytes(row.plain));
    }
    EXPECT_EQ(to_base64(as_bytes("fooba")), "Zm9vYmE=");
}

TEST(Bytes, DecodingGivesEachValueOneText)
{
    EXPECT_FALSE(from_base64url("Zh"));    // trailing bits not zero
    EXPECT_FALSE(from_base64url("Zg=="));  // padding
    EXPECT_FALSE(from_base64url("Z"));     // a lone character
    EXPECT_FALSE(from_base64url("Zm+v"));  // the other alphabet
    EXPECT_FALSE(from_hex("abc"));
    EXPECT_FALSE(from_base32("MZXW6Y1"));
}

TEST(Bytes, CrockfordReadsWhatPeopleMistype)
{
    const Bytes value{0x08, 0x42, 0x10, 0x84, 0x20};
    EXPECT_EQ(to_crockford(value), "11111110");
    EXPECT_EQ(from_crockford("IlI1l1LO"), value);
    EXPECT_EQ(from_crockford("iIllL1I0"), value);
    EXPECT_FALSE(from_crockford("U1111110"));
}

TEST(Bytes, ConstantTimeComparisonComparesAll)
{
    EXPECT_TRUE(equal_constant_time(as_bytes("same"), as_bytes("same")));
    EXPECT_FALSE(equal_constant_time(as_bytes("same"), as_bytes("sama")));
    EXPECT_FALSE(equal_constant_time(as_bytes("same"), as_bytes("sam")));
}

}  // namespace
}  // namespace sallyport
