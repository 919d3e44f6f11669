namespace Vitrine.ApiServer.Objects;

/// <summary>The family of suffixes a quantity was written with; the canonical form keeps it.</summary>
internal enum QuantityFormat
{
    Decimal,
    Binary,
    DecimalExponent,
}
