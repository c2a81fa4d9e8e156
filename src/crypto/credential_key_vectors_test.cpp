// The curves of credentials for which Wycheproof's files at hand have no rows: NIST's and RFC 8032's
// published values through the same verifying code, and each of their right rows with one bit changed.
#include "crypto/cose_key.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace sallyport::crypto {
namespace {

using Row = std::map<std::string, std::string>;

/// "Name = value" lines of one section; `last` ends a row.
std::vector<Row> rows_of(const std::string& file, const std::string& section, const std::string& last)
{
    std::ifstream in("tests/vectors/" + file);
    EXPECT_TRUE(in) << file;
    std::vector<Row> rows;
    Row row;
    bool on = section.empty();
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with('[')) on = line == section;
        const std::size_t equals = line.find(" =");
        if (!on || line.starts_with('#') || equals == std::string::npos) continue;
        const std::string name = line.substr(0, equals);
        row[name] = line.size() > equals + 3 ? line.substr(equals + 3) : "";
        if (name != last) continue;
        rows.push_back(row);
        row.clear();
    }
    return rows;
}

Bytes padded(std::string hex, std::size_t bytes)
{
    if (hex.size() < 2 * bytes) hex.insert(0, 2 * bytes - hex.size(), '0');
    if (hex.size() % 2 != 0) hex.insert(0, 1, '0');
    return *from_hex(hex);
}

void append(Bytes& out, const Bytes& more) { out.insert(out.end(), more.begin(), more.end()); }

struct Curve {
    const char* sigver;
    const char* pkv;
    const char* head;  // of the COSE_Key, as far as x
    std::size_t bytes;
};
constexpr Curve p384{"[P-384,SHA-384]", "[P-384]", "a5010203382220022158", 48};
constexpr Curve p521{"[P-521,SHA-512]", "[P-521]", "a5010203382320032158", 66};

Bytes cose_of(const Curve& curve, const Row& row)
{
    const Bytes x = padded(row.at("Qx"), curve.bytes);
    const Bytes y = padded(row.at("Qy"), curve.bytes);
    Bytes cose = *from_hex(curve.head);
    cose.push_back(static_cast<std::uint8_t>(x.size()));
    append(cose, x);
    append(cose, {0x22, 0x58, static_cast<std::uint8_t>(y.size())});
    append(cose, y);
    return cose;
}

/// DER of one INTEGER (X.690 section 8.3).
Bytes integer(Bytes value)
{
    while (value.size() > 1 && value.front() == 0) value.erase(value.begin());
    if ((value.front() & 0x80U) != 0) value.insert(value.begin(), 0);
    Bytes out{0x02, static_cast<std::uint8_t>(value.size())};
    append(out, value);
    return out;
}

Bytes der_of(const Row& row, std::size_t bytes)
{
    Bytes body = integer(padded(row.at("R"), bytes));
    append(body, integer(padded(row.at("S"), bytes)));
    Bytes out{0x30};
    if (body.size() > 127) out.push_back(0x81);
    out.push_back(static_cast<std::uint8_t>(body.size()));
    append(out, body);
    return out;
}

void check_bits(const CosePublicKey& key, const Bytes& message, Bytes signature)
{
    for (std::size_t i = 0; i < signature.size() * 8; ++i) {
        signature[i / 8] ^= static_cast<std::uint8_t>(1U << (i % 8));
        EXPECT_FALSE(key.verifies(message, signature)) << "bit " << i;
        signature[i / 8] ^= static_cast<std::uint8_t>(1U << (i % 8));
    }
    Bytes other = message;
    other.push_back(0);
    EXPECT_FALSE(key.verifies(other, signature));
}

class NistCurves : public testing::TestWithParam<Curve> {};
INSTANTIATE_TEST_SUITE_P(Es, NistCurves, testing::Values(p384, p521),
                         [](const auto& info) { return "p" + std::to_string(info.param.bytes * 8); });

TEST_P(NistCurves, SigVer)
{
    const Curve curve = GetParam();
    int right = 0;
    const auto rows = rows_of("nist_ecdsa_sigver.rsp", curve.sigver, "Result");
    ASSERT_EQ(rows.size(), 15u);
    for (const Row& row : rows) {
        const auto key = CosePublicKey::parse(cose_of(curve, row));
        const bool valid = row.at("Result").starts_with('P');
        const Bytes message = *from_hex(row.at("Msg"));
        const Bytes signature = der_of(row, curve.bytes);
        EXPECT_EQ(key.has_value() && key->verifies(message, signature), valid) << row.at("Result");
        if (!valid || right++ > 0) continue;
        check_bits(*key, message, signature);
    }
    EXPECT_EQ(right, 3);
}

TEST_P(NistCurves, PublicKeys)
{
    const Curve curve = GetParam();
    int right = 0;
    const auto rows = rows_of("nist_ecdsa_pkv.rsp", curve.pkv, "Result");
    ASSERT_EQ(rows.size(), 12u);
    for (const Row& row : rows) {
        const bool valid = row.at("Result").starts_with('P');
        EXPECT_EQ(CosePublicKey::parse(cose_of(curve, row)).has_value(), valid) << row.at("Result");
        right += valid;
    }
    EXPECT_GT(right, 1);
}

TEST(Rfc8032, Ed448)
{
    const auto rows = rows_of("rfc8032_ed448.rsp", "", "SIGNATURE");
    EXPECT_GT(rows.size(), 6u);
    for (const Row& row : rows) {
        if (row.contains("CONTEXT") && !row.at("CONTEXT").empty()) continue;  // keys of credentials have none
        Bytes cose = *from_hex("a401010338342007215839");
        append(cose, *from_hex(row.at("PUBLIC")));
        const auto key = CosePublicKey::parse(cose);
        ASSERT_TRUE(key.has_value());
        const Bytes message = *from_hex(row.at("MESSAGE"));
        const Bytes signature = *from_hex(row.at("SIGNATURE"));
        EXPECT_TRUE(key->verifies(message, signature)) << row.at("COUNT");
        check_bits(*key, message, signature);
    }
}

}  // namespace
}  // namespace sallyport::crypto
