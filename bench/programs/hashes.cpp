// What one password hash costs in CPU time, with the parameters that the server uses by default.
//     hashes COUNT
// prints "cpu_ms MILLISECONDS" of one.
#include "adapters/system_random.h"
#include "crypto/password_hash.h"

#include <ctime>
#include <iostream>
#include <string>

namespace {

using namespace sallyport;

double cpu_seconds()
{
    timespec spent{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) / 1e9;
}

double cpu_ms_of_one(int count)
{
    adapters::SystemRandom random;
    const auto keys = crypto::KeyRing::generate(random);
    const crypto::Peppers peppers(keys);
    const auto input =
        peppers.password(Secret::from_text("a password of the benchmark"), peppers.current_id());
    const std::string phc = crypto::argon2id(input, {}, random);
    const auto stored = crypto::PasswordHash::parse(phc);
    const double before = cpu_seconds();
    for (int i = 0; i < count; ++i) {
        if (!crypto::argon2id_matches(input, *stored)) throw std::runtime_error("the hash does not match");
    }
    return (cpu_seconds() - before) * 1000 / count;
}

}  // namespace

int main(int count, char** arguments)
{
    try {
        std::cout << "cpu_ms " << cpu_ms_of_one(count > 1 ? std::stoi(arguments[1]) : 40) << '\n';
        return 0;
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
