"""Words of places in the United Kingdom: two names are told apart by where they are.

Source: names of local authorities past and present (mySociety, uk_local_authority_names_and_codes,
MIT, data under the Open Government Licence, July 2025), with the larger towns added.
"""

from __future__ import annotations

from convener.data.organisations.vocabulary import words

PLACES = words(
    """
    aberdeen aberdeenshire cymru adur aldershot allerdale altrincham amber andover anglesey anglia
    angus antrim argyll armagh arun ashfield ashford avon aylesbury ayrshire babergh
    ballymena ballymoney banbridge banbury banstead barking barnet barnsley barnstaple
    basildon basingstoke bassetlaw bath beccles bedford bedfordshire bedworth belfast
    berkshire berwick bexley bicester bideford birmingham blaby blackburn blackpool blaenau
    bodmin bognor bolsover bolton boston bosworth bournemouth bracknell bradford braintree
    breckland brecon brent brentwood bridgend bridgwater bridlington brighton bristol
    britain broadland bromborough bromley bromsgrove broxbourne broxtowe buckinghamshire
    bucks burnley burton bury bute buxton caerphilly calderdale camberley cambridge
    cambridgeshire camden cannock canterbury cardiff carlisle carmarthen carmarthenshire
    carrickfergus castlereagh causeway ceredigion charnwood chatham chelmsford chelsea
    cheltenham cherwell cheshire chester chesterfield chichester chiltern chippenham chorley
    christchurch cirencester clackmannanshire clacton cleveland clitheroe colchester
    coleraine conwy cookstown copeland corby cornwall cotswold cotswolds coventry craigavon
    craven crawley crewe cromer croydon cumberland cumbria cynon dacorum dagenham darlington
    dartford darwen daventry deal denbighshire derby derbyshire derry devon didcot doncaster
    dorchester dorking dorset dover dudley dumfries dunbartonshire dundee dungannon durham
    ealing eastbourne eastleigh eden edinburgh edmundsbury elmbridge enfield england epping
    epsom erewash essex evesham ewell exeter exmouth falkirk falmouth fareham faversham
    felixstowe fenland fens fermanagh fife fleet flintshire folkestone frome fulham furness
    fylde gainsborough galloway gateshead gedling glamorgan glasgow gloucester
    gloucestershire goole gorleston gosport grantham gravesham grays greenwich grimsby
    guildford gwent gwynedd hackney halesowen halifax halton hambleton hamlets hammersmith
    hampshire harborough haringey harlow harrogate harrow hartlepool hastings hatfield
    havant havering hemel hereford herefordshire hertford hertfordshire hertsmere hexham
    highland hillingdon hinckley hitchin horsham hounslow hove huddersfield hull humber
    humberside hungerford huntingdonshire hyndburn hythe ilford ilkeston inverclyde ipswich
    ireland islington jarrow keighley kendal kensington kent kesteven kettering keynes
    kidderminster kingston kinross kirkby kirklees knowsley lambeth lanarkshire lancashire
    lancaster larne leatherhead leeds leek leicester leicestershire leominster letchworth
    lewes lewisham leyland lichfield limavady lincoln lincolnshire lindsey lisburn liverpool
    llandudno llanelli london lothian loughborough louth lowestoft ludlow luton lyme lynn
    macclesfield magherafelt maidenhead maidstone maldon malling malvern manchester
    mansfield margate marlow medway melton mendip merseyside merthyr merton middlesbrough
    midlands midlothian milton minehead monmouthshire moray morecambe morpeth mourne moyle
    nantwich neath newark newcastle newham newmarket newport newquay newry newtownabbey
    norfolk northallerton northampton northamptonshire northumberland northwich norwich
    nottingham nottinghamshire nuneaton oadby oldham omagh orkney oswestry oxford
    oxfordshire pembrokeshire pendle pennine penrith penzance perth peterborough petersfield
    plymouth pontefract poole portland portsmouth powys preston purbeck ramsgate reading
    redbridge redcar redditch reigate renfrewshire retford rhondda rhyl ribble richmond
    richmondshire riding ripon rochdale rochford rossendale rother rotherham rugby rugeley
    runcorn runnymede rushcliffe rushmoor rutland ryde ryedale salford salisbury sandwell
    scarborough scilly scotland scottish scunthorpe sedgemoor sefton selby sevenoaks severn
    sheffield sherwood shetland shropshire sittingbourne skegness skelmersdale skipton
    sleaford slough solent solihull somerset southall southampton southend southport
    southwark spalding spelthorne stafford staffordshire staines stamford stevenage stirling
    stockport stockton stoke stourbridge stowmarket strabane stratford stroud sudbury
    suffolk sunderland surrey sussex sutton swale swanage swansea swindon taf taff talbot
    tameside tamworth tandridge taunton tees teesside teignbridge telford tendring
    tewkesbury thames thanet thetford thurrock tiverton tonbridge torbay torfaen torquay
    torridge totnes trafford trent trowbridge truro tunbridge twickenham tydfil tyne
    tyneside tyrone ulster uttlesford wakefield wales wallasey wallsend walsall waltham
    wandsworth wantage warrington warwick warwickshire watford waveney waverley wealden
    wellingborough welwyn wembley wessex westminster westmorland weston weymouth whitby
    whitehaven whitstable widnes wigan wight wigston wigton wilmslow wiltshire winchester
    windsor wirral wisbech witney woking wokingham wolverhampton worcester worcestershire
    workington worthing wrekin wrexham wychavon wycombe wyre yarmouth yeovil york yorkshire
    """
)

# They shift a place and are no place alone: North Devon is not Devon.
DIRECTIONS = words(
    "north south east west mid central upper lower northern southern eastern western inner outer"
    " greater county"
)
