using Google.Protobuf;
using Switch.Contracts.V1;

namespace Switch.Sandbox;

/// <summary>The files under samples/, which a user may edit and send again.</summary>
internal sealed class Samples
{
    private readonly string _folder;

    private Samples(string folder) => _folder = folder;

    /// <summary>Finds samples/ in the current folder or one above it, or beside the program.</summary>
    /// <exception cref="DirectoryNotFoundException">There is none.</exception>
    public static Samples Find()
    {
        foreach (var start in (string[])[Directory.GetCurrentDirectory(), AppContext.BaseDirectory])
        {
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            {
                var samples = Path.Combine(folder.FullName, "samples");
                if (Directory.Exists(Path.Combine(samples, "requests"))) return new Samples(samples);
            }
        }

        throw new DirectoryNotFoundException("no samples/requests folder here or above; run this from the repository");
    }

    public string PathOf(string relative) => Path.Combine(_folder, relative);

    /// <summary>Reads one request of the demonstration by its file name.</summary>
    public AuthorizeRequest Request(string name) => ReadRequest(PathOf(Path.Combine("requests", name + ".json")));

    /// <summary>Reads a request in protobuf's JSON form.</summary>
    /// <exception cref="InvalidDataException">The file is no such request; the message says where.</exception>
    public static AuthorizeRequest ReadRequest(string path)
    {
        try
        {
            return JsonParser.Default.Parse<AuthorizeRequest>(File.ReadAllText(path));
        }
        catch (Exception e) when (
            e is InvalidProtocolBufferException or InvalidJsonException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }
}
