using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace Switch.Service.Authorization;

/// <summary>The URI in a certificate's subject alternative name, by which this switch knows who shows it.</summary>
internal static class CertificateUri
{
    private const string SubjectAlternativeName = "2.5.29.17";
    private static readonly Asn1Tag UriName = new(TagClass.ContextSpecific, 6);

    /// <summary>
    /// The one URI, or null. A certificate with several names nobody: the SPIFFE standard wants exactly one, and
    /// choosing would be a guess.
    /// </summary>
    public static string? Of(X509Certificate2 certificate)
    {
        try
        {
            return Find(certificate);
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private static string? Find(X509Certificate2 certificate)
    {
        string? uri = null;
        foreach (var extension in certificate.Extensions)
        {
            if (extension.Oid?.Value != SubjectAlternativeName) continue;
            var names = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
            while (names.HasData)
            {
                if (!names.PeekTag().HasSameClassAndValue(UriName))
                {
                    names.ReadEncodedValue();
                    continue;
                }

                if (uri is not null) return null;
                uri = names.ReadCharacterString(UniversalTagNumber.IA5String, UriName);
            }
        }

        return uri;
    }
}
