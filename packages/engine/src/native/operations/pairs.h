// Sixteen numbers as halves of halves that the processor holds in one register, with the operators of a vector type. GCC computes with
// vectors that are wider than a register by parts, but compares them number by number. Included by lanes.h alone.
namespace d3pm {
namespace D3PM_PROCESSOR {

template <typename Half>
struct Pair {
  Half low, high;

  // Of the same bits, as a cast between vector types.
  template <typename Other>
  explicit D3PM_INLINE operator Pair<Other>() const {
    return {(Other)low, (Other)high};
  }
};

#define D3PM_OPERATOR(symbol)                                                                                             \
  template <typename Half>                                                                                                \
  D3PM_INLINE auto operator symbol(const Pair<Half>& a, const Pair<Half>& b)->Pair<decltype(a.low symbol b.low)> {        \
    return {a.low symbol b.low, a.high symbol b.high};                                                                    \
  }                                                                                                                       \
  template <typename Half, typename Number>                                                                               \
  D3PM_INLINE auto operator symbol(const Pair<Half>& a, Number b)->Pair<decltype(a.low symbol b)> {                       \
    return {a.low symbol b, a.high symbol b};                                                                             \
  }                                                                                                                       \
  template <typename Half, typename Number>                                                                               \
  D3PM_INLINE auto operator symbol(Number a, const Pair<Half>& b)->Pair<decltype(a symbol b.low)> {                       \
    return {a symbol b.low, a symbol b.high};                                                                             \
  }

D3PM_OPERATOR(+)
D3PM_OPERATOR(-)
D3PM_OPERATOR(*)
D3PM_OPERATOR(/)
D3PM_OPERATOR(&)
D3PM_OPERATOR(|)
D3PM_OPERATOR(<)
D3PM_OPERATOR(>)
D3PM_OPERATOR(==)
D3PM_OPERATOR(!=)
D3PM_OPERATOR(<<)
D3PM_OPERATOR(>>)
#undef D3PM_OPERATOR

template <typename Half>
D3PM_INLINE Pair<Half> operator~(const Pair<Half>& a) {
  return {~a.low, ~a.high};
}

template <typename Half>
D3PM_INLINE Pair<Half> operator-(const Pair<Half>& a) {
  return {-a.low, -a.high};
}

template <typename Half, typename Other>
D3PM_INLINE void operator+=(Pair<Half>& a, const Other& b) {
  a = a + b;
}

template <typename Half, typename Other>
D3PM_INLINE void operator*=(Pair<Half>& a, const Other& b) {
  a = a * b;
}

}  // namespace D3PM_PROCESSOR
}  // namespace d3pm
