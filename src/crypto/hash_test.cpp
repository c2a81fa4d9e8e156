#include "crypto/hash.h"

#include <gtest/gtest.h>

#include <thread>

namespace sallyport::crypto {
namespace {

TEST(Hash, Sha256OfFips180)
{
    EXPECT_EQ(to_hex(sha256({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(to_hex(sha256(as_bytes("abc"))),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(to_hex(sha256(as_bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Hash, Sha1OfFips180)
{
    EXPECT_EQ(to_hex(sha1(as_bytes("abc"))), "a9993e364706816aba3e25717850c26c9cd0d89d");
    EXPECT_EQ(to_hex(sha1({})), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
}

TEST(Hash, HmacOfRfc4231)
{
    const Bytes key(20, 0x0b);
    EXPECT_EQ(to_hex(hmac_sha256(key, as_bytes("Hi There"))),
              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    EXPECT_EQ(to_hex(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    const Bytes long_key(131, 0xaa);
    EXPECT_EQ(
        to_hex(hmac_sha256(long_key, as_bytes("Test Using Larger Than Block-Size Key - Hash Key First"))),
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    EXPECT_EQ(to_hex(hmac(HashFunction::sha512, key, as_bytes("Hi There"))),
              "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4"
              "e4be9d914eeb6"
              "1f1702e696c203a126854");
    EXPECT_EQ(to_hex(hmac(HashFunction::sha1, key, as_bytes("Hi There"))),
              "b617318655057264e28bc0b6fb378c8ef146be00");
}

TEST(Hash, AnEmptyKeyIsNotTheKeyOfBefore)
{
    (void)hmac_sha256(as_bytes("another key"), as_bytes("x"));
    EXPECT_EQ(to_hex(hmac_sha256({}, {})),
              "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(Hash, EachThreadHasItsOwnObjects)
{
    const std::string expected = to_hex(sha256(as_bytes("abc")));
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 2000; ++i) wrong += to_hex(sha256(as_bytes("abc"))) == expected ? 0 : 1;
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(wrong.load(), 0);
}

TEST(Hash, TokensAreStoredAsTheirSha256)
{
    EXPECT_EQ(to_hex(token_hash(Secret::from_text("abc"))), to_hex(sha256(as_bytes("abc"))));
}

}  // namespace
}  // namespace sallyport::crypto
