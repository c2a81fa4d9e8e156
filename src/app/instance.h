#pragma once
// One running Sallyport: everything made, wired by constructor, started and stopped in the right order.
#include "app/config.h"
#include "base/secret.h"
#include "ports/clock.h"
#include "ports/random.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace sallyport::app {

/// What `sallyport dev` has besides: mail stays in memory and is read at /dev/…, behind this token.
struct Development {
    Secret token;
};

/// Why it cannot start, in words for the operator: what is wrong and what to do.
struct StartError {
    std::string text;
};

class Instance {
public:
    /// `clock` and `random` must outlive it and be safe on any thread. Throws StartFailed.
    Instance(const Config& config, std::optional<Development> development, const ports::Clock& clock,
             ports::Random& random);
    ~Instance();
    Instance(const Instance&) = delete;
    Instance& operator=(const Instance&) = delete;

    /// Binds, migrates, serves. An error leaves nothing behind.
    std::optional<StartError> start();
    /// Lets running requests and deliveries end.
    void stop();
    [[nodiscard]] std::uint16_t public_port() const noexcept;
    [[nodiscard]] std::uint16_t private_port() const noexcept;

private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

class StartFailed : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

}  // namespace sallyport::app
