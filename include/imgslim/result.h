#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace imgslim {

/// Why an operation could not continue; the command line maps each kind to one exit code (docs/exit-codes.md).
enum class ErrorKind {
  usage,        ///< the caller asked for something that cannot be (exit 2)
  input,        ///< the image, report or Dockerfile cannot be read (exit 3)
  limit,        ///< a named limit was hit (exit 4)
  environment,  ///< I/O, memory or a missing program (exit 5)
};

/// A failure that ends the operation. `message` is one line, outer context first, and may hold raw bytes from an
/// image: escape it for the sink it is printed to.
struct Error {
  ErrorKind kind = ErrorKind::input;
  std::string message;

  /// The same error seen from further out: "context: message".
  [[nodiscard]] Error within(std::string_view context) && {
    message.insert(0, ": ").insert(0, context);
    return std::move(*this);
  }
};

inline Error usage_error(std::string message) { return {ErrorKind::usage, std::move(message)}; }
inline Error input_error(std::string message) { return {ErrorKind::input, std::move(message)}; }
inline Error limit_error(std::string message) { return {ErrorKind::limit, std::move(message)}; }
inline Error environment_error(std::string message) { return {ErrorKind::environment, std::move(message)}; }

/// Either a value or an Error, spelled like std::expected. Reading the wrong side is a bug in the caller.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  Error& error() & { return std::get<1>(state_); }
  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Error> state_;
};

/// The value of an operation that returns nothing but may fail.
struct Done {};
using Status = Result<Done>;

}  // namespace imgslim

#define IMGSLIM_CONCAT_INNER(a, b) a##b
#define IMGSLIM_CONCAT(a, b) IMGSLIM_CONCAT_INNER(a, b)

/// `IMGSLIM_TRY(auto x, f());` binds the value or returns the error to the caller.
#define IMGSLIM_TRY(declaration, expression) \
  IMGSLIM_TRY_INTO(IMGSLIM_CONCAT(imgslim_result_, __LINE__), declaration, expression)
#define IMGSLIM_TRY_INTO(result, declaration, expression)    \
  auto result = (expression);                                \
  if (!result.has_value()) return std::move(result).error(); \
  declaration = std::move(result).value()

/// `IMGSLIM_TRY_DONE(f());` for a Status.
#define IMGSLIM_TRY_DONE(expression)                                                                               \
  do {                                                                                                             \
    if (auto imgslim_status = (expression); !imgslim_status.has_value()) return std::move(imgslim_status).error(); \
  } while (false)
