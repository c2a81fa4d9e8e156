#pragma once
// ports::BreachRange over HTTPS, in the manner of the "Pwned Passwords" range interface: GET
// {base}/range/{prefix} with "Add-Padding: true", so that not even the answer's length tells which prefix was
// asked.
#include "ports/breach_range.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace sallyport::adapters {

struct BreachRangeOptions {
    std::string
        base_url;  // "https://host[:port][/path]", no slash at its end; http:// only to a loopback address
    std::string ca_file;  // PEM; empty: the system's certificates
    std::chrono::milliseconds answer_ms_max{2000};
};

class HttpBreachRange final : public ports::BreachRange {
public:
    /// What is wrong with the options, in words for the operator; nullopt where nothing is.
    static std::optional<std::string> problem_with(const BreachRangeOptions& options);

    /// CHECK: problem_with says nothing.
    explicit HttpBreachRange(BreachRangeOptions options);
    ~HttpBreachRange() override;

    /// The lines "SUFFIX:COUNT" (35 hexadecimal digits in upper case), LF between them, padding left out.
    /// CHECK: the prefix has five upper-case hexadecimal digits. Unavailable: no answer in time, none of 200,
    /// too large, or rubbish; whether the password is then taken is the caller's configuration.
    Task<std::string> range(std::string prefix) override;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace sallyport::adapters
