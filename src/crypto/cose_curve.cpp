#include "crypto/cose_curve.h"

#include "base/check.h"
#include "crypto/sodium_start.h"

#include <openssl/bn.h>
#include <sodium.h>

#include <memory>

namespace sallyport::crypto {

namespace {

struct ContextDeleter {
    void operator()(BN_CTX* context) const noexcept { BN_CTX_free(context); }
};

/// Numbers that live as long as the context's frame.
class Numbers {
public:
    Numbers() : m_context(BN_CTX_new())
    {
        if (!m_context) throw Unavailable("memory for numbers");
        BN_CTX_start(m_context.get());
    }
    Numbers(const Numbers&) = delete;
    Numbers& operator=(const Numbers&) = delete;
    ~Numbers() { BN_CTX_end(m_context.get()); }

    BIGNUM* next()
    {
        BIGNUM* const number = BN_CTX_get(m_context.get());
        if (number == nullptr) throw Unavailable("memory for numbers");
        return number;
    }
    BN_CTX* context() { return m_context.get(); }
    static void done(int result)
    {
        if (result != 1) throw Unavailable("memory for numbers");
    }

private:
    std::unique_ptr<BN_CTX, ContextDeleter> m_context;
};

}  // namespace

bool is_ed25519_key(BytesView key)
{
    start_sodium();
    return key.size() == ed25519_key_bytes && crypto_core_ed25519_is_valid_point(key.data()) == 1;
}

/// RFC 8032 section 5.2.3: x² = (y² − 1) / (d·y² − 1) modulo p = 2^448 − 2^224 − 1, d = −39081. There is an x
/// where (y² − 1)(d·y² − 1) is a square; the points of order 1, 2 and 4 are those with x = 0 or y = 0.
bool is_ed448_key(BytesView key)
{
    constexpr unsigned long minus_d = 39081;
    if (key.size() != ed448_key_bytes || (key.back() & 0x7fU) != 0) return false;
    Numbers numbers;
    BIGNUM* const p = numbers.next();
    BIGNUM* const y = numbers.next();
    BIGNUM* const square = numbers.next();
    BIGNUM* const numerator = numbers.next();
    BIGNUM* const denominator = numbers.next();
    BIGNUM* const power = numbers.next();
    Numbers::done(BN_set_bit(p, 448));
    Numbers::done(BN_set_bit(power, 224));
    Numbers::done(BN_sub(p, p, power));
    Numbers::done(BN_sub_word(p, 1));
    if (BN_lebin2bn(key.data(), ed448_key_bytes - 1, y) == nullptr) throw Unavailable("memory for numbers");
    if (BN_is_zero(y) == 1 || BN_cmp(y, p) >= 0) return false;
    Numbers::done(BN_mod_sqr(square, y, p, numbers.context()));
    if (BN_is_one(square) == 1) return false;  // x = 0
    if (BN_copy(numerator, square) == nullptr || BN_copy(denominator, square) == nullptr)
        throw Unavailable("memory for numbers");
    Numbers::done(BN_sub_word(numerator, 1));
    Numbers::done(BN_mul_word(denominator, minus_d));
    Numbers::done(BN_add_word(denominator, 1));
    BN_set_negative(denominator, 1);
    Numbers::done(BN_mod_mul(power, numerator, denominator, p, numbers.context()));
    return BN_kronecker(power, p, numbers.context()) == 1;
}

}  // namespace sallyport::crypto
