namespace Switch.Routing;

/// <summary>How the card data came into the terminal. Numbers equal <c>cardswitch.v1.EntryMode</c>.</summary>
public enum RouteEntryMode : byte
{
    /// <summary>Not said; matches only rules without an entry mode condition.</summary>
    Unspecified = 0,

    /// <summary>Typed by hand.</summary>
    Manual = 1,

    /// <summary>Magnetic stripe.</summary>
    MagneticStripe = 2,

    /// <summary>Contact chip.</summary>
    Chip = 3,

    /// <summary>Contactless chip.</summary>
    Contactless = 4,

    /// <summary>Magnetic stripe after a failed chip read.</summary>
    FallbackStripe = 5,

    /// <summary>Electronic commerce.</summary>
    Ecommerce = 6,
}
