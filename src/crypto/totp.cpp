#include "crypto/totp.h"

#include "base/check.h"

#include <array>

namespace sallyport::crypto {

namespace {

constexpr std::int64_t ms_per_second = 1000;

bool is_valid(TotpParameters parameters) noexcept
{
    return parameters.digits >= 6 && parameters.digits <= 8 && parameters.period_seconds >= 1 &&
           parameters.period_seconds <= 3600;
}

}  // namespace

Secret new_totp_secret(const RandomSource& random)
{
    Bytes secret(totp_secret_bytes);
    random.fill(secret);
    return Secret(std::move(secret));
}

std::int64_t step_of(Instant now, TotpParameters parameters) noexcept
{
    const std::int64_t period_ms = std::int64_t{parameters.period_seconds} * ms_per_second;
    const std::int64_t ms = to_unix_ms(now);
    return ms >= 0 ? ms / period_ms : -((-ms + period_ms - 1) / period_ms);
}

std::string code_at_step(const Secret& secret, std::int64_t step, TotpParameters parameters)
{
    CHECK(step >= 0 && is_valid(parameters));
    std::array<std::uint8_t, 8> counter{};
    for (unsigned i = 0; i < 8; ++i)
        counter[i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(step) >> (56 - 8 * i));
    const Bytes mac = hmac(parameters.function, secret.reveal(), counter);
    const std::size_t at = mac.back() & 0x0fU;
    std::uint32_t number = ((mac[at] & 0x7fU) << 24U) | (std::uint32_t{mac[at + 1]} << 16U) |
                           (std::uint32_t{mac[at + 2]} << 8U) | std::uint32_t{mac[at + 3]};
    std::string code(parameters.digits, '0');
    for (std::size_t i = code.size(); i > 0; --i, number /= 10)
        code[i - 1] = static_cast<char>('0' + number % 10);
    return code;
}

std::vector<std::int64_t> matching_steps(const Secret& secret, std::string_view code, std::int64_t from_step,
                                         std::int64_t to_step, TotpParameters parameters)
{
    CHECK(from_step <= to_step && to_step - from_step < totp_search_steps_max);
    std::vector<std::int64_t> matching;
    matching.reserve(static_cast<std::size_t>(to_step - from_step + 1));
    for (std::int64_t step = from_step; step <= to_step; ++step) {
        if (step < 0) continue;
        const std::string expected = code_at_step(secret, step, parameters);
        if (equal_constant_time(as_bytes(expected), as_bytes(code))) matching.push_back(step);
    }
    return matching;
}

}  // namespace sallyport::crypto
