#include "crypto/envelope_tag.h"

#include "crypto/key_file.h"
#include "crypto/message_number.h"
#include "crypto/test_random.h"

#include <gtest/gtest.h>

#include <set>

namespace sallyport::crypto {
namespace {

class EnvelopeTag : public testing::Test {
protected:
    TestRandom m_random;
    KeyRing m_ring = KeyRing::generate(m_random);
    IndexKey m_index{m_ring};
    EnvelopeTags m_tags{m_index};
};

TEST_F(EnvelopeTag, ComesBackAsItLeft)
{
    std::set<std::string> seen;
    for (const std::int64_t serial : {std::int64_t{0}, std::int64_t{1}, std::int64_t{255},
                                      std::int64_t{0x123456789a}, message_serials - 1}) {
        const std::string tag = m_tags.make(serial);
        EXPECT_EQ(tag.size(), envelope_tag_characters);
        EXPECT_TRUE(seen.insert(tag).second);
        const std::string address = tagged_address("bounces@mail.example", tag);
        EXPECT_EQ(address, "bounces+" + tag + "@mail.example");
        EXPECT_EQ(m_tags.serial_in(address), serial);
    }
}

TEST_F(EnvelopeTag, RelaysMayChangeItsCase)
{
    std::string address = tagged_address("Bounces@mail.example", m_tags.make(77'777));
    for (char& c : address) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    EXPECT_EQ(m_tags.serial_in(address), 77'777);
}

TEST_F(EnvelopeTag, NothingElseIsOurs)
{
    const std::string tag = m_tags.make(4242);
    const std::string others = EnvelopeTags(IndexKey(KeyRing::generate(m_random))).make(4242);
    EXPECT_FALSE(m_tags.serial_in("bounces+" + others + "@mail.example")) << "another deployment's";
    for (const std::string& wrong :
         {std::string(), std::string("@"), std::string("bounces@mail.example"), std::string("bounces+@x"),
          "bounces+" + tag + "0@mail.example", "bounces+" + tag.substr(1) + "@mail.example",
          "bounces" + tag + "@mail.example", "bounces+" + std::string(24, 'u') + "@mail.example",
          "bounces+" + std::string(24, '0') + "@mail.example", "x@" + tag + "+" + tag})
        EXPECT_FALSE(m_tags.serial_in(wrong)) << wrong;
    // Each character counts.
    constexpr std::string_view alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    for (std::size_t i = 0; i < tag.size(); ++i)
        for (const char c : alphabet) {
            std::string changed = tag;
            changed[i] = c;
            EXPECT_EQ(m_tags.serial_in("b+" + changed + "@x").has_value(), changed == tag);
        }
}

TEST_F(EnvelopeTag, ATagOfOneMessageIsNotAnothers)
{
    const std::string one = m_tags.make(1), two = m_tags.make(2);
    EXPECT_FALSE(m_tags.serial_in("b+" + one.substr(0, 8) + two.substr(8) + "@x"));
}

}  // namespace
}  // namespace sallyport::crypto
