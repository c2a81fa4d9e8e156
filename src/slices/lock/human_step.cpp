#include "slices/lock/human_step.h"

#include "base/bytes.h"
#include "base/record.h"
#include "base/text.h"

namespace sallyport::lock {

namespace {

constexpr std::size_t nonce_bytes = 16;
constexpr std::size_t number_digits = 4;
constexpr std::string_view shape = "lock-step.1";

std::string number_of(const proof::World& world, std::string_view token)
{
    const Bytes digest = world.keys.index.of("lock-step", token);
    std::string number;
    for (std::size_t i = 0; i < number_digits; ++i) number += static_cast<char>('0' + digest[i] % 10);
    return number;
}

}  // namespace

HumanStep fresh_step(const proof::World& world)
{
    const Bytes nonce = world.random.bytes(nonce_bytes);
    const Instant until = world.clock.now() + step_life;
    std::string token = to_base64url(RecordWriter(shape).bytes(nonce).time(until).take());
    std::string number = number_of(world, token);
    return {std::move(token), std::move(number)};
}

bool is_done(const proof::World& world, std::string_view token, std::string_view typed)
{
    const auto digits = typed_digits(typed);
    const auto record = from_base64url(token);
    if (!digits || !record) return false;
    try {
        RecordReader reader(*record, shape);
        reader.bytes();
        const Instant until = reader.time();
        reader.end();
        const bool in_time = world.clock.now() < until && until <= world.clock.now() + step_life;
        return in_time && *digits == number_of(world, token);
    } catch (const RecordMalformed&) {
        return false;
    }
}

}  // namespace sallyport::lock
