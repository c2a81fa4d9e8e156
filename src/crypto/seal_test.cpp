#include "crypto/seal.h"

#include "base/ids.h"
#include "crypto/mac.h"
#include "crypto/test_random.h"

#include <gtest/gtest.h>

#include <set>

namespace sallyport::crypto {
namespace {

KeyRing with_second(const KeyRing& ring, KeyName name)
{
    std::string text(ring.file_text().reveal_text());
    const std::string word(to_text(name));
    const std::string current = word + ".current = 1";
    text.replace(text.find(current), current.size(), word + ".current = 2");
    text += word + ".2 = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n";
    return std::move(*KeyRing::parse(text, "keys"));
}

class Keyed : public testing::Test {
protected:
    TestRandom m_random;
    KeyRing m_keys = KeyRing::generate(m_random);
    Sealer m_sealer{m_keys, m_random};
    RowAuthenticator m_rows{m_keys};
    Uuid m_account{1, 2, 3};
    Canonical m_bound{"factor.secret", 1, {m_account, std::int64_t{7}}};
};

using Sealing = Keyed;
using RowMac = Keyed;

TEST_F(Sealing, OpensWhatItSealed)
{
    for (const std::size_t size : {0U, 1U, 20U, 64U, 1000U}) {
        const Bytes plain(size, 0x5a);
        const Bytes sealed = m_sealer.seal(m_bound, plain);
        EXPECT_EQ(sealed.size(), size + seal_overhead_bytes);
        const auto opened = m_sealer.open(m_bound, sealed);
        ASSERT_TRUE(opened.has_value());
        EXPECT_EQ(to_hex(opened->reveal()), to_hex(plain));
        EXPECT_TRUE(m_sealer.is_current(sealed));
    }
}

TEST_F(Sealing, NoBitMayChange)
{
    const Bytes sealed = m_sealer.seal(m_bound, as_bytes("twenty bytes of seed"));
    for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
        Bytes changed = sealed;
        changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1U << (bit % 8)));
        EXPECT_FALSE(m_sealer.open(m_bound, changed).has_value()) << bit;
    }
    for (std::size_t size = 0; size < sealed.size(); ++size) {
        EXPECT_FALSE(m_sealer.open(m_bound, BytesView(sealed).first(size)).has_value()) << size;
    }
    Bytes longer = sealed;
    longer.push_back(0);
    EXPECT_FALSE(m_sealer.open(m_bound, longer).has_value());
}

TEST_F(Sealing, IsBoundToPurposeAndRow)
{
    const Bytes sealed = m_sealer.seal(m_bound, as_bytes("seed"));
    const Uuid other{1, 2, 4};
    EXPECT_FALSE(m_sealer.open({"factor.secret", 1, {other, std::int64_t{7}}}, sealed).has_value());
    EXPECT_FALSE(m_sealer.open({"factor.secret", 1, {m_account, std::int64_t{8}}}, sealed).has_value());
    EXPECT_FALSE(m_sealer.open({"factor.secret", 2, {m_account, std::int64_t{7}}}, sealed).has_value());
    EXPECT_FALSE(m_sealer.open({"outbox", 1, {m_account, std::int64_t{7}}}, sealed).has_value());
    EXPECT_FALSE(m_sealer.open({"factor.secret", 1, {m_account}}, sealed).has_value());
}

TEST_F(Sealing, OneTextNeverSealsTwiceAlike)
{
    std::set<Bytes> seen;
    for (int i = 0; i < 100; ++i) seen.insert(m_sealer.seal(m_bound, as_bytes("seed")));
    EXPECT_EQ(seen.size(), 100U);
}

TEST_F(Sealing, OldKeysStillOpen)
{
    const KeyRing rotated = with_second(m_keys, KeyName::seal);
    const Sealer newer(rotated, m_random);
    const Bytes old_blob = m_sealer.seal(m_bound, as_bytes("seed"));
    EXPECT_TRUE(newer.open(m_bound, old_blob).has_value());
    EXPECT_FALSE(newer.is_current(old_blob));
    const Bytes new_blob = newer.seal(m_bound, as_bytes("seed"));
    EXPECT_TRUE(newer.is_current(new_blob));
    EXPECT_FALSE(m_sealer.open(m_bound, new_blob).has_value());
}

TEST_F(RowMac, NoBitOfTheMacMayChange)
{
    const Bytes mac = m_rows.mac(m_bound);
    EXPECT_TRUE(m_rows.verify(m_bound, mac));
    EXPECT_TRUE(m_rows.is_current(mac));
    for (std::size_t bit = 0; bit < mac.size() * 8; ++bit) {
        Bytes changed = mac;
        changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1U << (bit % 8)));
        EXPECT_FALSE(m_rows.verify(m_bound, changed)) << bit;
    }
    for (std::size_t size = 0; size < mac.size(); ++size) {
        EXPECT_FALSE(m_rows.verify(m_bound, BytesView(mac).first(size)));
    }
}

TEST_F(RowMac, OldKeysStillVerify)
{
    const RowAuthenticator newer(with_second(m_keys, KeyName::mac));
    const Bytes mac = m_rows.mac(m_bound);
    EXPECT_TRUE(newer.verify(m_bound, mac));
    EXPECT_FALSE(newer.is_current(mac));
    EXPECT_FALSE(m_rows.verify(m_bound, newer.mac(m_bound)));
}

TEST(CanonicalForm, DifferentListsNeverMeet)
{
    const Bytes bytes{'a', 'b'};
    const std::vector<Canonical> all{
        {"t", 1, {}},
        {"t", 2, {}},
        {"ta", 1, {}},
        {"t", 1, {std::nullopt}},
        {"t", 1, {std::nullopt, std::nullopt}},
        {"t", 1, {""}},
        {"t", 1, {"ab"}},
        {"t", 1, {"a", "b"}},
        {"t", 1, {"", "ab"}},
        {"t", 1, {"ab", ""}},
        {"t", 1, {bytes}},
        {"t", 1, {Bytes{}}},
        {"t", 1, {0}},
        {"t", 1, {-1}},
        {"t", 1, {1, 2}},
        {"t", 1, {2, 1}},
        {"t", 1, {std::string_view("\0\0\0\0\0\0\0\0", 8)}},
        {"t", 1, {std::optional<std::int64_t>(3)}},
        {"t", 1, {std::string_view("a\0b", 3)}},
    };
    std::set<Bytes> seen;
    for (const Canonical& one : all) seen.insert(Bytes(one.bytes().begin(), one.bytes().end()));
    EXPECT_EQ(seen.size(), all.size());
    EXPECT_TRUE(std::ranges::equal(Canonical("t", 1, {std::optional<std::int64_t>()}).bytes(),
                                   Canonical("t", 1, {std::nullopt}).bytes()));
}

TEST(CanonicalForm, StaysAsItIs)
{
    // Stored MACs and sealed blobs depend on these bytes.
    EXPECT_EQ(to_hex(Canonical("ab", 3, {-2, "x", std::nullopt, Bytes{0xff}}).bytes()), "01"
                                                                                        "740000000000000002"
                                                                                        "6162"
                                                                                        "690000000000000008"
                                                                                        "0000000000000003"
                                                                                        "690000000000000008"
                                                                                        "fffffffffffffffe"
                                                                                        "740000000000000001"
                                                                                        "78"
                                                                                        "6e0000000000000000"
                                                                                        "620000000000000001"
                                                                                        "ff");
}

TEST(BlindIndex, DependsOnKeyPurposeAndValue)
{
    TestRandom random;
    const KeyRing keys = KeyRing::generate(random);
    const KeyRing other_keys = KeyRing::generate(random);
    const IndexKey index(keys);
    EXPECT_EQ(index.of("account.email", "a@b.example"), index.of("account.email", "a@b.example"));
    EXPECT_NE(index.of("account.email", "a@b.example"), index.of("account.email", "a@c.example"));
    EXPECT_NE(index.of("account.email", "a@b.example"), index.of("network", "a@b.example"));
    EXPECT_NE(index.of("account.email", "a@b.example"),
              IndexKey(other_keys).of("account.email", "a@b.example"));
    EXPECT_EQ(index.of("network", "127.0.0.1").size(), 32U);
}

}  // namespace
}  // namespace sallyport::crypto
