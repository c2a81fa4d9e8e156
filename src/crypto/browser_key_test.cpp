// Keys of trusted browsers: Wycheproof's rows for r || s, and inputs that are no key and no signature.
#include "crypto/browser_key.h"

#include <gtest/gtest.h>

#include <array>
#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace sallyport::crypto {
namespace {

namespace json = boost::json;

std::filesystem::path vectors_file()
{
    const char* const folder = std::getenv("SALLYPORT_VECTORS");
    return std::filesystem::path(folder == nullptr ? "../shared/vectors" : folder) /
           "wycheproof/ecdsa_secp256r1_sha256_p1363_test.json";
}

Bytes hex(const json::value& object, const char* name)
{
    return *from_hex(std::string(object.at(name).as_string()));
}

/// W3C P-256 base point: some key, and nothing that anybody signed with it.
const Bytes some_point = *from_hex("046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
                                   "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5");

TEST(BrowserKey, WycheproofRowsOfRAndS)
{
    std::ifstream in(vectors_file());
    if (!in) GTEST_SKIP() << "*** NO PUBLISHED VECTORS: set SALLYPORT_VECTORS. Looked for " << vectors_file();
    std::stringstream text;
    text << in.rdbuf();
    int rows = 0;
    int valid = 0;
    for (const json::value& group : json::parse(text.str()).at("testGroups").as_array()) {
        const Bytes point = hex(group.at("publicKey"), "uncompressed");
        ASSERT_TRUE(is_browser_key(point));
        for (const json::value& row : group.at("tests").as_array()) {
            const bool right = row.at("result").as_string() == "valid";
            EXPECT_EQ(browser_key_verifies(point, hex(row, "msg"), hex(row, "sig")), right)
                << row.at("tcId").as_int64() << " " << row.at("comment").as_string();
            ++rows;
            valid += right;
        }
    }
    EXPECT_GT(rows, 200);
    EXPECT_GT(valid, 100);
}

TEST(BrowserKey, OnlyOneFormOfAPoint)
{
    EXPECT_TRUE(is_browser_key(some_point));
    EXPECT_FALSE(is_browser_key({}));
    EXPECT_FALSE(is_browser_key(Bytes(browser_key_bytes)));
    Bytes point = some_point;
    point.back() ^= 1;
    EXPECT_FALSE(is_browser_key(point)) << "not on the curve";
    point = some_point;
    point[0] = 0x06;
    EXPECT_FALSE(is_browser_key(point)) << "the hybrid form";
    point[0] = 0x02;
    EXPECT_FALSE(is_browser_key(BytesView(point).first(33))) << "the compressed form";
    point = some_point;
    point.push_back(0);
    EXPECT_FALSE(is_browser_key(point));
    EXPECT_FALSE(is_browser_key(BytesView(some_point).first(64)));
}

TEST(BrowserKey, NoSignatureIsNone)
{
    const Bytes message = to_bytes("sign me");
    for (const auto size : std::to_array<std::size_t>({0, 1, 63, 64, 65, 72}))
        for (const auto filling : std::to_array<std::uint8_t>({0x00, 0x01, 0x7f, 0x80, 0xff}))
            EXPECT_FALSE(browser_key_verifies(some_point, message, Bytes(size, filling)));
}

}  // namespace
}  // namespace sallyport::crypto
