#include "crypto/key_file.h"

#include "crypto/test_random.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <type_traits>

namespace sallyport::crypto {
namespace {

using Kind = KeyFileError::Kind;

static_assert(!std::is_copy_constructible_v<KeyRing>);

class KeyFile : public testing::Test {
protected:
    void SetUp() override
    {
        std::string name = testing::TempDir() + "sallyport-keys-XXXXXX";
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        m_folder = name;
        m_path = name + "/keys";
    }
    void TearDown() override { std::filesystem::remove_all(m_folder); }
    void write(const std::string& text, mode_t mode = 0600)
    {
        std::ofstream(m_path, std::ios::trunc) << text;
        ASSERT_EQ(::chmod(m_path.c_str(), mode), 0);
    }
    std::string good_text()
    {
        TestRandom random;
        return std::string(KeyRing::generate(random).file_text().reveal_text());
    }
    std::string m_folder, m_path;
};

TEST_F(KeyFile, IsMadeOnceAndReadBack)
{
    TestRandom random;
    const auto made = KeyRing::create(m_path, random);
    ASSERT_TRUE(made.has_value());
    struct stat about{};
    ASSERT_EQ(::stat(m_path.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 07777, 0600U);
    const auto read = KeyRing::load(m_path);
    ASSERT_TRUE(read.has_value()) << read.error().message;
    for (const KeyName name : all_key_names) {
        EXPECT_EQ(read->current_id(name), 1);
        EXPECT_EQ(to_hex(read->current(name).reveal()), to_hex(made->current(name).reveal()));
        EXPECT_EQ(read->current(name).size(), key_bytes);
    }
    const auto again = KeyRing::create(m_path, random);
    ASSERT_FALSE(again.has_value());
    EXPECT_EQ(again.error().kind, Kind::exists);
    EXPECT_EQ(to_hex(KeyRing::load(m_path)->current(KeyName::mac).reveal()),
              to_hex(made->current(KeyName::mac).reveal()));
}

TEST_F(KeyFile, MissingAndUnreadable)
{
    EXPECT_EQ(KeyRing::load(m_path).error().kind, Kind::missing);
    EXPECT_EQ(KeyRing::load(m_folder).error().kind, Kind::unreadable);
    TestRandom random;
    EXPECT_EQ(KeyRing::create(m_folder + "/no/such/folder", random).error().kind, Kind::not_written);
}

TEST_F(KeyFile, TooOpen)
{
    for (const mode_t mode : {0640U, 0604U, 0620U, 0601U, 0644U, 0777U}) {
        write(good_text(), mode);
        const auto read = KeyRing::load(m_path);
        ASSERT_FALSE(read.has_value()) << mode;
        EXPECT_EQ(read.error().kind, Kind::too_open);
        EXPECT_NE(read.error().message.find("chmod 600"), std::string::npos);
    }
    for (const mode_t mode : {0600U, 0400U}) {
        write(good_text(), 0600);
        ASSERT_EQ(::chmod(m_path.c_str(), mode), 0);
        EXPECT_TRUE(KeyRing::load(m_path).has_value()) << mode;
    }
}

TEST_F(KeyFile, OfAnotherUser)
{
    write(good_text());
    if (::chown(m_path.c_str(), 65'534, static_cast<gid_t>(-1)) != 0) {
        GTEST_SKIP() << "only root can give a file away; the check itself is two comparisons";
    }
    EXPECT_EQ(KeyRing::load(m_path).error().kind, Kind::wrong_owner);
}

TEST_F(KeyFile, TooLarge)
{
    write(good_text() + std::string(70'000, '#'));
    EXPECT_EQ(KeyRing::load(m_path).error().kind, Kind::malformed);
}

TEST_F(KeyFile, MistakesAreNamedByLineAndNeverRepeated)
{
    const std::string key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    const std::vector<std::pair<std::string, std::string>> mistakes{
        {"nonsense " + key, "expected `name.id = key`"},
        {"pepper = " + key, "expected `name.id = key`"},
        {"salt.1 = " + key, "unknown name"},
        {"pepper.0 = " + key, "the id is not a number"},
        {"pepper.65536 = " + key, "the id is not a number"},
        {"pepper.01 = " + key, "the id is not a number"},
        {"pepper.x = " + key, "the id is not a number"},
        {"pepper. = " + key, "the id is not a number"},
        {"pepper.1 = " + key, "this name has a key of this id already"},
        {"pepper.2 = " + key + "=", "not base64url"},
        {"pepper.2 = " + key.substr(1), "not "},
        {"pepper.2 = " + key + "AAAA", "not 32 bytes"},
        {"pepper.2 =", "not 32 bytes"},
        {"pepper.current = 1", "current is said twice"},
        {"pepper.current = now", "current is not the id"},
    };
    for (const auto& [line, expected] : mistakes) {
        const auto ring = KeyRing::parse(good_text() + line + "\n", "keys");
        ASSERT_FALSE(ring.has_value()) << line;
        EXPECT_EQ(ring.error().kind, Kind::malformed);
        EXPECT_NE(ring.error().message.find(expected), std::string::npos) << ring.error().message;
        EXPECT_NE(ring.error().message.find("line 12: "), std::string::npos) << ring.error().message;
        EXPECT_EQ(ring.error().message.find("AAAA"), std::string::npos);
    }
}

TEST_F(KeyFile, EveryNameNeedsAKeyAndACurrentOne)
{
    const std::string good = good_text();
    std::size_t begin = good.find('\n') + 1;  // after the comment
    int lines = 0;
    while (begin < good.size()) {
        const std::size_t end = good.find('\n', begin) + 1;
        const auto ring = KeyRing::parse(good.substr(0, begin) + good.substr(end), "keys");
        EXPECT_FALSE(ring.has_value()) << lines;
        begin = end;
        ++lines;
    }
    EXPECT_EQ(lines, 10);
    EXPECT_FALSE(KeyRing::parse("", "keys").has_value());
}

TEST_F(KeyFile, OneKeyIsNotUsedTwice)
{
    const std::string good = good_text();
    const std::size_t at = good.find("seal.1 = ") + 9;
    EXPECT_FALSE(KeyRing::parse(good + "mac.2 = " + good.substr(at, 43) + "\n", "keys").has_value());
}

TEST_F(KeyFile, RotationKeepsTheOldKeys)
{
    std::string text =
        good_text() + "\n # a comment\nmac.2 = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n";
    const std::size_t at = text.find("mac.current = 1");
    text[at + 14] = '2';
    const auto ring = KeyRing::parse(text, "keys");
    ASSERT_TRUE(ring.has_value()) << ring.error().message;
    EXPECT_EQ(ring->current_id(KeyName::mac), 2);
    EXPECT_EQ(ring->ids(KeyName::mac), (std::vector<KeyId>{1, 2}));
    EXPECT_NE(ring->find(KeyName::mac, 1), nullptr);
    for (const std::int64_t id : {0L, 3L, -1L, 65'537L}) EXPECT_EQ(ring->find(KeyName::mac, id), nullptr);
    const Secret written = ring->file_text();
    EXPECT_EQ(KeyRing::parse(written.reveal_text(), "keys")->current_id(KeyName::mac), 2);
}

}  // namespace
}  // namespace sallyport::crypto
