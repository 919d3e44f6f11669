using System.Buffers.Text;
using System.Security.Cryptography;

namespace Vitrine.ApiServer.Tokens;

/// <summary>The key ServiceAccount tokens are signed with: ECDSA P-256, ES256 (RFC 7518 3.4).</summary>
internal sealed class TokenKey(ECDsa key)
{
    public const string Algorithm = "ES256";

    // ECDsa is not for several threads at once.
    private readonly Lock guard = new();

    /// <summary>Hash of the public key, as upstream derives it.</summary>
    public string Id { get; } = Base64Url.EncodeToString(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));

    /// <summary>The two coordinates (RFC 7518 6.2.1), base64url.</summary>
    public (string X, string Y) Point
    {
        get
        {
            var point = key.ExportParameters(includePrivateParameters: false).Q;
            return (Base64Url.EncodeToString(point.X), Base64Url.EncodeToString(point.Y));
        }
    }

    public byte[] Sign(ReadOnlySpan<byte> signed)
    {
        lock (guard)
        {
            return key.SignData(signed, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
    }

    public bool Verify(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        lock (guard)
        {
            return key.VerifyData(signed, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
    }
}
